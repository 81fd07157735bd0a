/** How orders about dead letters are carried out: over a cluster in memory, whose actors are the test's. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Ref, Stream, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { retryLetters } from "../../../src/programs/deadLetters/retryLetters.ts"
import { type PartRecord, PartState } from "../../../src/schemas/Delivery.ts"
import type { AccountStatus } from "../../../src/services/Accounts.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { type Cluster, type Host, type HostState, Hosts } from "../../../src/services/Hosts.ts"
import { OutboundFiles } from "../../../src/services/OutboundFiles.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { makeActorsOver } from "../../support/actors.ts"
import { type ConfigFileContent, configLayer } from "../../support/configs.ts"
import { deadDelivery, deadTurn, letterStores, REASON } from "../../support/deadLetters.ts"
import { makeEnvelope } from "../../support/envelopes.ts"
import { replyTo, tagsOf } from "../../support/outbound.ts"

const store = letterStores.pipe(Layer.provideMerge(DatabaseSqlite.memory))

const failed: PartRecord = {
  ...{ index: 0, part: { _tag: "Text", text: "a" }, tries: 1 },
  state: PartState.Failed({ detail: "refused" })
}

/** Runs a statement on the store itself. */
const onStore = (sql: string) =>
  Effect.flatMap(Database, ({ prepare, write }) => write(() => prepare(sql).run()))

/** Longer than the pause between two looks. */
const A_LOOK = "1 second"

const message = (rowId: number) => ({ envelope: makeEnvelope({ rowId }), agentId: "main", isGroup: false })

/** Carries out orders until the test ends, on one host or on one of several. */
const retrying = (config: ConfigFileContent = {}, hosts = Option.none<Cluster>()) =>
  Effect.gen(function* () {
    const { cluster, deliveries, inbound } = yield* makeActorsOver(yield* Outbox)
    const released = yield* Ref.make<ReadonlyArray<string>>([])
    const files = Layer.succeed(OutboundFiles, {
      stage: () => Effect.dieMessage("a retry stages nothing"),
      receive: () => Effect.dieMessage("nothing comes in here"),
      here: () => Effect.dieMessage("nothing is sent here"),
      release: (id) => Ref.update(released, (all) => [...all, id]),
      releaseOthers: () => Effect.dieMessage("a retry releases nothing of others")
    })
    const start = retryLetters.pipe(
      Effect.provide(Layer.mergeAll(configLayer(config), files)),
      Effect.provide(cluster),
      Effect.provideService(Hosts, hosts),
      Effect.forkScoped
    )
    return { start, fiber: yield* start, deliveries, inbound, released: Ref.get(released) }
  })

describe("a letter that is ordered to be tried again", () => {
  it.scoped("is given to its session whole, with its id and the number of the retry", () =>
    Effect.gen(function* () {
      const { inbound } = yield* retrying()
      const { all, bury, retry } = yield* DeadLetters
      yield* bury({
        ...REASON,
        content: { _tag: "Turn", id: "t", sessionKey: "agent:main:main", messages: [message(1), message(2)] }
      })
      yield* retry(1, { anyway: false })
      for (let look = 0; look < 3; look++) yield* TestClock.adjust(A_LOOK)
      expect(yield* inbound).toEqual([
        { ...message(1), retry: { turnId: "t", attempt: 1, rest: [message(2)] } }
      ])
      expect(yield* all).toMatchObject([{ status: "retrying" }])
    }).pipe(Effect.provide(store))
  )

  it.scoped(
    "is given to its account as another delivery than the first, and once for each time it failed",
    () =>
      Effect.gen(function* () {
        const { deliveries } = yield* retrying()
        const { bury, retry } = yield* DeadLetters
        const delivery = replyTo(7, "d", "a")
        for (const attempt of [0, 1]) {
          yield* bury({ ...REASON, content: deadDelivery(delivery), attempt })
          yield* retry(1, { anyway: false })
          for (let look = 0; look < 3; look++) yield* TestClock.adjust(A_LOOK)
        }
        expect(yield* deliveries).toEqual([
          { ...delivery, attempt: 1 },
          { ...delivery, attempt: 2 }
        ])
      }).pipe(Effect.provide(store))
  )

  for (const [what, event] of [
    ["its beginning", "BEFORE UPDATE ON dead_letters WHEN NEW.status = 'retrying'"],
    ["its delivery", "BEFORE INSERT ON outbox"],
    ["its parts", "BEFORE UPDATE ON parts"]
  ]) {
    it.scoped(`is given whole or not at all, where ${what} cannot be written down`, () =>
      Effect.gen(function* () {
        const { deliveries, fiber, start } = yield* retrying()
        const { all, bury, retry } = yield* DeadLetters
        const { putParts } = yield* Outbox
        const delivery = replyTo(7, "d", "a")
        yield* putParts(delivery, [failed])
        yield* bury({ ...REASON, content: deadDelivery(delivery) })
        yield* onStore(`CREATE TRIGGER full ${event} BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
        yield* retry(1, { anyway: false })
        yield* TestClock.adjust(A_LOOK)
        yield* Fiber.interrupt(fiber)
        yield* onStore("DROP TRIGGER full")
        expect(yield* deliveries).toEqual([])
        expect(yield* tagsOf("d")).toEqual(["Failed"])
        expect(yield* all).toMatchObject([{ status: "asked" }])
        yield* start
        yield* TestClock.adjust(A_LOOK)
        expect(yield* deliveries).toEqual([{ ...delivery, attempt: 1 }])
        expect(yield* tagsOf("d")).toEqual(["Queued"])
        expect(yield* all).toMatchObject([{ status: "retrying" }])
      }).pipe(Effect.provide(store))
    )
  }

  it.scoped("is not made ready again where it was given before that was written down", () =>
    Effect.gen(function* () {
      const { deliveries } = yield* retrying()
      const { all, bury, retry } = yield* DeadLetters
      const { accept, putParts } = yield* Outbox
      const delivery = replyTo(7, "d", "a")
      yield* bury({ ...REASON, content: deadDelivery(delivery) })
      yield* retry(1, { anyway: true })
      yield* accept({ ...delivery, attempt: 1 })
      yield* putParts(delivery, [{ ...failed, state: PartState.Uncertain({ detail: "?" }) }])
      yield* TestClock.adjust(A_LOOK)
      expect(yield* deliveries).toEqual([])
      expect(yield* tagsOf("d")).toEqual(["Uncertain"])
      expect(yield* all).toMatchObject([{ status: "retrying" }])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is sent after what waits for its chat already, and before what comes later", () =>
    Effect.gen(function* () {
      yield* retrying()
      const { bury, retry } = yield* DeadLetters
      const outbox = yield* Outbox
      yield* outbox.accept(replyTo(7, "before", "b"))
      yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "d", "a")) })
      yield* retry(1, { anyway: false })
      yield* TestClock.adjust(A_LOOK)
      yield* outbox.accept(replyTo(7, "later", "c"))
      expect((yield* outbox.waiting(10)).map(({ id }) => id)).toEqual(["before", "d", "later"])
    }).pipe(Effect.provide(store))
  )

  for (const imessage of [{ enabled: false }, { accounts: { other: {} } }]) {
    it.scoped(
      `waits where its account is ${"enabled" in imessage ? "disabled" : "gone from the config"}`,
      () =>
        Effect.gen(function* () {
          const { deliveries, inbound } = yield* retrying({ imessage })
          const { all, bury, retry } = yield* DeadLetters
          yield* bury({ ...REASON, content: deadTurn("t") })
          yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "d", "a")) })
          for (const { number } of yield* all) yield* retry(number, { anyway: false })
          for (let look = 0; look < 3; look++) yield* TestClock.adjust(A_LOOK)
          expect([...(yield* deliveries), ...(yield* inbound)]).toEqual([])
          expect((yield* all).map(({ status }) => status)).toEqual(["asked", "asked"])
        }).pipe(Effect.provide(store))
    )
  }
})

describe("a letter that is dropped", () => {
  it.scoped("has its files released, once, and is not tried again", () =>
    Effect.gen(function* () {
      const { deliveries, released } = yield* retrying()
      const { bury, drop, orders } = yield* DeadLetters
      yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "d", "a")) })
      yield* drop(1)
      for (let look = 0; look < 3; look++) yield* TestClock.adjust(A_LOOK)
      expect(yield* released).toEqual(["d"])
      expect(yield* deliveries).toEqual([])
      expect(yield* orders(["default"])).toEqual([])
    }).pipe(Effect.provide(store))
  )
})

describe("an order on one of several hosts", () => {
  const stateOf = (name: string, state: HostState): Host => ({
    ...{ name, state, address: `${name}:47700`, version: "1.0.0", pid: 1 },
    ...{ startedAt: 0, seenAt: 0, clockBehindMs: 0 }
  })

  const status: AccountStatus = {
    ...{
      id: "default",
      name: undefined,
      state: "running",
      reason: "its child is subscribed",
      since: 0,
      pid: 1
    },
    ...{ restarts: 0, lastRestart: undefined, lastError: undefined, cursor: 1, fates: {}, waitingRows: 0 },
    ...{ lastInboundAt: undefined, lastOutboundAt: undefined, clockBehindMs: 0, bridge: undefined }
  }

  /** The host "here", beside which another runs the account, or did. */
  const besides = (other: HostState, { ranOn, runsHere = false }: Partial<Where>): Cluster => ({
    here: "here",
    taken: Effect.never,
    all: Effect.succeed([stateOf("here", "here"), stateOf("other", other)]),
    accounts: Effect.succeed(new Map(ranOn === undefined ? [] : [["default", { host: ranOn, status }]])),
    hosted: Stream.never,
    runsHere: () => Effect.succeed(runsHere),
    hosting: () => (effect) => effect,
    listen: () => Effect.succeed(Stream.never)
  })
  interface Where {
    readonly ranOn: string
    readonly runsHere: boolean
  }

  it.scoped.each<readonly [what: string, cluster: Cluster, released: ReadonlyArray<string>]>([
    ["is left to the host that runs the account", besides("up", { ranOn: "other" }), []],
    ["is carried out where that one is silent", besides("silent", { ranOn: "other" }), ["d"]],
    ["is carried out where that one has stopped", besides("stopped", { ranOn: "other" }), ["d"]],
    ["is carried out where this one ran it last", besides("up", { ranOn: "here" }), ["d"]],
    ["is carried out where nobody ever ran it", besides("up", {}), ["d"]],
    [
      "is carried out where this one has just taken it over",
      besides("up", { ranOn: "other", runsHere: true }),
      ["d"]
    ]
  ])("%s", ([_, cluster, expected]) =>
    Effect.gen(function* () {
      const { released } = yield* retrying({}, Option.some(cluster))
      const { bury, drop, orders } = yield* DeadLetters
      yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "d", "a")) })
      yield* drop(1)
      for (let look = 0; look < 3; look++) yield* TestClock.adjust(A_LOOK)
      expect(yield* released).toEqual(expected)
      expect(yield* orders(["default"])).toHaveLength(1 - expected.length)
    }).pipe(Effect.provide(store))
  )
})
