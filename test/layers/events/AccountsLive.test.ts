import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Stream, SubscriptionRef, TestClock } from "effect"
import * as AccountsLive from "../../../src/layers/events/AccountsLive.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import { ConfigService } from "../../../src/services/ConfigService.ts"
import { Events } from "../../../src/services/Events.ts"
import { accountsOf, events } from "../../support/accounts.ts"
import { makeConfig } from "../../support/configs.ts"

const accounts = accountsOf({
  imessage: { accounts: { one: { name: "One" }, two: { enabled: false, cliPath: "/two" } } }
})

const status = (id: string) => Effect.flatMap(Accounts, ({ get }) => Effect.map(get(id), Option.getOrThrow))

describe("the accounts", () => {
  it.effect("begin stopped, or disabled where the config says so", () =>
    Effect.gen(function* () {
      const { all } = yield* Accounts
      expect((yield* all).map(({ id, name, state }) => ({ id, name, state }))).toEqual([
        { id: "one", name: "One", state: "stopped" },
        { id: "two", name: undefined, state: "disabled" }
      ])
    }).pipe(Effect.provide(accounts))
  )

  it.effect("are those of the config only", () =>
    Effect.gen(function* () {
      const { get, update } = yield* Accounts
      yield* update("three", () => ({ state: "running" }))
      expect(yield* get("three")).toEqual(Option.none())
    }).pipe(Effect.provide(accounts))
  )

  it.effect("change one at a time", () =>
    Effect.gen(function* () {
      const { update } = yield* Accounts
      yield* update("one", ({ restarts }) => ({ restarts: restarts + 1 }))
      yield* update("one", ({ restarts }) => ({ restarts: restarts + 1 }))
      expect(yield* status("one")).toMatchObject({ restarts: 2 })
      expect(yield* status("two")).toMatchObject({ restarts: 0 })
    }).pipe(Effect.provide(accounts))
  )

  it.effect("say since when they are in their state", () =>
    Effect.gen(function* () {
      const { update } = yield* Accounts
      yield* TestClock.adjust(1000)
      yield* update("one", () => ({ state: "running" }))
      yield* TestClock.adjust(1000)
      yield* update("one", () => ({ state: "running", reason: "still" }))
      expect(yield* status("one")).toMatchObject({ since: 1000, reason: "still" })
    }).pipe(Effect.provide(accounts))
  )

  it.scoped("tell when a bridge comes, goes or breaks, and nothing of one that never was", () =>
    Effect.gen(function* () {
      const { update } = yield* Accounts
      const heard = yield* (yield* Events).listen
      const bridge = { state: "absent", version: null, error: null, features: [] } as const
      const broken = { ...bridge, state: "broken", error: "helper_version_mismatch" } as const
      yield* update("one", () => ({ bridge }))
      yield* update("one", () => ({ bridge: { ...bridge, state: "ready" } }))
      yield* update("one", () => ({ bridge: { ...bridge, state: "ready", features: ["typing"] } }))
      yield* update("one", () => ({ bridge: broken }))
      yield* update("one", () => ({ bridge }))
      const events = yield* Stream.runCollect(Stream.take(heard, 3))
      expect([...events].map(({ event }) => event)).toEqual([
        { _tag: "BridgeChanged", accountId: "one", state: "ready" },
        { _tag: "BridgeChanged", accountId: "one", state: "broken", message: "helper_version_mismatch" },
        { _tag: "BridgeChanged", accountId: "one", state: "absent" }
      ])
    }).pipe(Effect.provide(accounts))
  )

  it.scoped("tell of a new state, and of a child that takes another's place, with the reason", () =>
    Effect.gen(function* () {
      const { update } = yield* Accounts
      const heard = yield* (yield* Events).listen
      const lastError = { code: "child_exited", message: "it exited", hint: "none" }
      yield* update("one", () => ({ state: "backoff", reason: "child_exited", lastError }))
      yield* update("one", () => ({ lastInboundAt: 1 }))
      yield* update("one", ({ restarts }) => ({ restarts: restarts + 1 }))
      const events = yield* Stream.runCollect(Stream.take(heard, 2))
      expect([...events].map(({ event }) => event)).toEqual([
        {
          _tag: "AccountState",
          accountId: "one",
          state: "backoff",
          reason: "child_exited",
          code: "child_exited",
          message: "it exited"
        },
        { _tag: "ChildRestarted", accountId: "one", reason: "child_exited" }
      ])
      expect(yield* status("one")).toMatchObject({ lastRestart: { reason: "child_exited", at: 0 } })
    }).pipe(Effect.provide(accounts))
  )

  it.scoped(
    "keep what they have in hand and what they counted, also while the config does not have them",
    () =>
      Effect.gen(function* () {
        const accounts = (ids: ReadonlyArray<string>) =>
          makeConfig({
            imessage: { accounts: Object.fromEntries(ids.map((id) => [id, { cliPath: `/${id}` }])) }
          })
        const config = yield* SubscriptionRef.make(accounts(["one", "two"]))
        const service = Layer.succeed(ConfigService, {
          current: SubscriptionRef.get(config),
          changes: config.changes,
          reload: Effect.die("not here")
        })
        yield* Effect.gen(function* () {
          const { all, update } = yield* Accounts
          const settle = Effect.repeatN(Effect.yieldNow(), 20)
          yield* settle
          yield* update("two", () => ({ state: "running", restarts: 1, fates: { stale: 3 } }))
          yield* SubscriptionRef.set(config, accounts(["one"]))
          yield* settle
          expect((yield* all).map(({ id }) => id)).toEqual(["one"])
          yield* update("two", () => ({ lastOutboundAt: 5 }))
          yield* SubscriptionRef.set(config, accounts(["one", "two"]))
          yield* settle
          expect((yield* all)[1]).toMatchObject({
            id: "two",
            lastOutboundAt: 5,
            restarts: 1,
            fates: { stale: 3 }
          })
        }).pipe(Effect.provide(AccountsLive.layer.pipe(Layer.provide(service), Layer.provide(events))))
      })
  )
})
