/** Whose Messages an account reads. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref, Stream } from "effect"
import { followIdentities, identityOf } from "../../../src/programs/gateway/identities.ts"
import type { GatewayConfig } from "../../../src/schemas/Config.ts"
import { homeExpander } from "../../../src/schemas/config/home.ts"
import { ConfigService } from "../../../src/services/ConfigService.ts"
import { type Cluster, Hosts } from "../../../src/services/Hosts.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { makeAccount, makeConfig } from "../../support/configs.ts"

const DEFAULT = homeExpander(process.env)("~/Library/Messages/chat.db")
const OLD = "the chat.db of its user"

describe("an account reads", () => {
  it.effect.each<{
    readonly what: string
    readonly account: { readonly cliPath?: string; readonly dbPath?: string }
    readonly name: string
    readonly spellings: ReadonlyArray<string>
  }>([
    { what: "the database of its user", account: {}, name: DEFAULT, spellings: [OLD] },
    {
      what: "the same one, written out",
      account: { dbPath: DEFAULT },
      name: DEFAULT,
      spellings: [DEFAULT, OLD]
    },
    {
      what: "another one, in one spelling",
      account: { dbPath: "/a//b/../chat.db" },
      name: "/a/chat.db",
      spellings: ["/a//b/../chat.db"]
    },
    { what: "that of another Mac", account: { cliPath: "ssh mac imsg" }, name: `mac:${OLD}`, spellings: [] },
    {
      what: "a named one of another Mac",
      account: { cliPath: "ssh mac imsg", dbPath: "/a//chat.db" },
      name: "mac:/a/chat.db",
      spellings: ["mac:/a//chat.db"]
    }
  ])("$what", ({ account, name, spellings }) =>
    Effect.gen(function* () {
      expect(yield* identityOf(makeAccount(account))).toEqual({ name, spellings })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

/** A host on which these accounts run, one after the other. */
const hosting = (...hosted: ReadonlyArray<ReadonlyArray<string>>): Cluster => ({
  here: "studio",
  taken: Effect.never,
  all: Effect.succeed([]),
  accounts: Effect.succeed(new Map()),
  hosted: Stream.fromIterable(hosted),
  runsHere: () => Effect.succeed(false),
  hosting: () => (effect) => effect,
  listen: () => Effect.succeed(Stream.never)
})

const CONFIG = makeConfig({ imessage: { accounts: { one: { dbPath: "/one" }, two: { dbPath: "/two" } } } })

/** The accounts that are identified, in their order. */
const identifiedBy = (cluster: Option.Option<Cluster>, read: ReadonlyArray<GatewayConfig> = [CONFIG]) =>
  Effect.gen(function* () {
    const identified = yield* Ref.make<ReadonlyArray<string>>([])
    const refused = Effect.dieMessage("this is not asked")
    const store = PairingStore.of({
      ...{ pending: refused, approvals: refused, request: () => refused, approve: () => refused },
      ...{ reject: () => refused, revoke: () => refused, approvedAt: () => refused },
      ...{ former: () => refused, notices: () => refused, noticed: () => refused, noticedAccounts: refused },
      identify: (id) =>
        Effect.as(
          Ref.update(identified, (ids) => [...ids, id]),
          []
        )
    })
    yield* Effect.provideService(followIdentities, PairingStore, store).pipe(
      Effect.provideService(ConfigService, {
        current: Effect.succeed(CONFIG),
        changes: Stream.rechunk(Stream.fromIterable(read), 1),
        reload: Effect.dieMessage("it is not read again here")
      }),
      Effect.provideService(Hosts, cluster)
    )
    return yield* Ref.get(identified)
  })

describe("what an account reads is written", () => {
  it.effect.each<{
    readonly what: string
    readonly cluster: Option.Option<Cluster>
    readonly written: ReadonlyArray<string>
  }>([
    { what: "of each where there is one host", cluster: Option.none(), written: ["one", "two"] },
    { what: "by the host that runs it", cluster: Option.some(hosting([], ["two"])), written: ["two"] },
    { what: "by no host that runs none", cluster: Option.some(hosting([])), written: [] }
  ])("$what", ({ cluster, written }) =>
    Effect.gen(function* () {
      expect(yield* identifiedBy(cluster)).toEqual(written)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.effect("and looked for once in a config, however many accounts begin", () =>
    Effect.gen(function* () {
      const looks = yield* Ref.make(0)
      const fs = yield* FileSystem.FileSystem
      const counting = FileSystem.FileSystem.of({
        ...fs,
        stat: (file) =>
          Effect.zipRight(
            Ref.update(looks, (count) => count + 1),
            fs.stat(file)
          )
      })
      const looksBy = (cluster: Cluster, ...read: ReadonlyArray<GatewayConfig>) =>
        identifiedBy(Option.some(cluster), [CONFIG, ...read]).pipe(
          Effect.provideService(FileSystem.FileSystem, counting),
          Effect.zipRight(Ref.getAndSet(looks, 0))
        )
      const atOnce = yield* looksBy(hosting(["one", "two"]))
      expect(atOnce).toBeGreaterThan(1)
      expect(yield* looksBy(hosting(["one"], ["one", "two"], ["two", "one"], ["two"]))).toBe(atOnce)
      // A wrapper may lead elsewhere by then, though its account is what it was.
      expect(yield* looksBy(hosting(["one", "two"], ["one", "two"]), { ...CONFIG })).toBe(2 * atOnce)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
