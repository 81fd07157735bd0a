/** What the hosts of one database hear of each other's deliveries. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Option, TestClock } from "effect"
import * as DeadLettersSql from "../../../src/layers/deadLetters/DeadLettersSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { isReadable } from "../../../src/schemas/DeadLetter.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { deadDelivery, REASON } from "../../support/deadLetters.ts"
import { severalHosts } from "../../support/hosts.ts"
import { replyTo } from "../../support/outbound.ts"

const stores = Layer.merge(OutboxSql.layer, DeadLettersSql.layer)
const delivery = replyTo(7, "d", "one")

/** The stores of a host that has the account, and of one that has not. */
const twoHosts = Effect.gen(function* () {
  const { deaf, host, tellEverybody } = yield* severalHosts
  const open = (database: typeof host) => Layer.build(Layer.fresh(Layer.provide(stores, database)))
  const here = yield* open(host)
  // Whoever begins to wait looks once.
  yield* Context.get(here, Outbox).arrival("default")
  yield* Context.get(here, Outbox).arrival("other")
  return {
    ...{ deaf: Context.get(yield* open(deaf), Outbox), here: Context.get(here, Outbox), tellEverybody },
    ...{ there: Context.get(yield* open(host), Outbox), letters: Context.get(here, DeadLetters) }
  }
})

const settled = Effect.yieldNow().pipe(Effect.repeatN(50))

/** Whether it is over once everybody has heard what there is to hear. */
const isOver = (waiting: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(waiting)
    yield* settled
    const exit = yield* Fiber.poll(fiber)
    yield* Fiber.interrupt(fiber)
    return Option.isSome(exit)
  })

describe("the host of an account", () => {
  it.scoped("hears of a delivery that another host accepts, once", () =>
    Effect.gen(function* () {
      const { here, there } = yield* twoHosts
      expect(yield* isOver(here.arrival("default"))).toBe(false)
      yield* there.accept(delivery)
      expect(yield* isOver(here.arrival("other"))).toBe(false)
      expect(yield* isOver(here.arrival("default"))).toBe(true)
      expect(yield* isOver(here.arrival("default"))).toBe(false)
    })
  )

  it.scoped("hears nothing of one that was accepted before", () =>
    Effect.gen(function* () {
      const { here, there } = yield* twoHosts
      yield* there.accept(delivery)
      expect(yield* isOver(here.arrival("default"))).toBe(true)
      yield* there.accept(delivery)
      expect(yield* isOver(here.arrival("default"))).toBe(false)
    })
  )

  it.scoped("hears of one that is taken back", () =>
    Effect.gen(function* () {
      const { here, there } = yield* twoHosts
      yield* here.accept(delivery)
      expect(yield* isOver(here.arrival("default"))).toBe(true)
      yield* there.withdraw({ accountId: "default", idsFrom: "d", why: "nobody asks any more" })
      expect(yield* isOver(here.arrival("default"))).toBe(true)
    })
  )

  it.scoped("hears of one that is to be sent again", () =>
    Effect.gen(function* () {
      const { here, letters, there } = yield* twoHosts
      yield* Effect.flatMap(Effect.flatten(here.accept(delivery)), here.end)
      yield* letters.bury({ ...REASON, content: deadDelivery(delivery) })
      const letter = yield* letters.retry(1, { anyway: true })
      expect(yield* isOver(here.arrival("default"))).toBe(true)
      if (isReadable(letter) && letter.content._tag === "Delivery") {
        yield* there.retry({ ...letter, content: letter.content })
      }
      expect(yield* isOver(here.arrival("default"))).toBe(true)
    })
  )

  it.scoped("looks where it may have missed something", () =>
    Effect.gen(function* () {
      const { here, tellEverybody } = yield* twoHosts
      expect(yield* isOver(here.arrival("default"))).toBe(false)
      yield* tellEverybody({ topic: "outbox", of: "" })
      expect(yield* isOver(here.arrival("default"))).toBe(true)
      yield* tellEverybody({ topic: "mailbox", of: "" })
      expect(yield* isOver(here.arrival("default"))).toBe(false)
    })
  )
})

describe("whoever waits for a delivery that another host sends", () => {
  it.scoped("hears of its end", () =>
    Effect.gen(function* () {
      const { here, there } = yield* twoHosts
      const open = yield* Effect.flatten(there.accept(delivery))
      const waiting = yield* Effect.fork(there.endedElsewhere(delivery))
      yield* settled
      expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
      yield* here.end(open)
      yield* Fiber.join(waiting)
    })
  )

  it.scoped("is not told of the end of another one", () =>
    Effect.gen(function* () {
      const { here, there } = yield* twoHosts
      yield* there.accept(delivery)
      const waiting = there.endedElsewhere(delivery)
      yield* Effect.flatMap(Effect.flatten(here.accept(replyTo(8, "e", "two"))), here.end)
      expect(yield* isOver(waiting)).toBe(false)
    })
  )

  it.scoped("finds that it has ended, also where it was not told", () =>
    Effect.gen(function* () {
      const { deaf, here } = yield* twoHosts
      const open = yield* Effect.flatten(deaf.accept(delivery))
      const waiting = yield* Effect.fork(deaf.endedElsewhere(delivery))
      yield* settled
      yield* here.end(open)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(waiting)
      expect(yield* isOver(deaf.endedElsewhere(delivery))).toBe(true)
    })
  )

  it.scoped("waits for ever where there is no other host", () =>
    Effect.gen(function* () {
      const { accept, end, endedElsewhere } = yield* Outbox
      yield* Effect.flatMap(Effect.flatten(accept(delivery)), end)
      const waiting = yield* Effect.fork(endedElsewhere(delivery))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
    }).pipe(Effect.provide(Layer.provide(OutboxSql.layer, DatabaseSqlite.memory)))
  )
})
