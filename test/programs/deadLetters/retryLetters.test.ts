/** How orders about dead letters are carried out: over a cluster in memory, whose actors are the test's. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Ref, TestClock } from "effect"
import * as Database from "../../../src/layers/sqlite/Database.ts"
import { retryLetters } from "../../../src/programs/deadLetters/retryLetters.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { OutboundFiles } from "../../../src/services/OutboundFiles.ts"
import { makeActors } from "../../support/actors.ts"
import { type ConfigFileContent, configLayer } from "../../support/configs.ts"
import { deadDelivery, deadTurn, letterStores, REASON } from "../../support/deadLetters.ts"
import { makeEnvelope } from "../../support/envelopes.ts"
import { replyTo } from "../../support/outbound.ts"

const store = letterStores.pipe(Layer.provideMerge(Database.memory))

/** Longer than the pause between two looks. */
const A_LOOK = "1 second"

const message = (rowId: number) => ({ envelope: makeEnvelope({ rowId }), agentId: "main", isGroup: false })

/** Carries out orders until the test ends. */
const retrying = (config: ConfigFileContent = {}) =>
  Effect.gen(function* () {
    const { cluster, deliveries, inbound } = yield* makeActors
    const released = yield* Ref.make<ReadonlyArray<string>>([])
    const files = Layer.succeed(OutboundFiles, {
      stage: () => Effect.dieMessage("a retry stages nothing"),
      receive: () => Effect.dieMessage("nothing comes in here"),
      release: (id) => Ref.update(released, (all) => [...all, id]),
      releaseOthers: () => Effect.dieMessage("a retry releases nothing of others")
    })
    const start = retryLetters.pipe(
      Effect.provide(Layer.mergeAll(configLayer(config), files)),
      Effect.provide(cluster),
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

  it.scoped("is given once also where the gateway ended before that was written down", () =>
    Effect.gen(function* () {
      const database = yield* Database.Database
      const onStore = (sql: string) => database.write(() => database.prepare(sql).run())
      const { deliveries, fiber, start } = yield* retrying()
      const { all, bury, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "d", "a")) })
      yield* onStore(`CREATE TRIGGER full BEFORE UPDATE ON dead_letters WHEN NEW.status = 'retrying'
                      BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
      yield* retry(1, { anyway: false })
      yield* TestClock.adjust(A_LOOK)
      expect(yield* deliveries).toHaveLength(1)
      yield* Fiber.interrupt(fiber)
      yield* onStore("DROP TRIGGER full")
      expect(yield* all).toMatchObject([{ status: "asked" }])
      yield* start
      yield* TestClock.adjust(A_LOOK)
      expect(yield* all).toMatchObject([{ status: "retrying" }])
      expect(yield* deliveries).toHaveLength(1)
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
