/** Deliveries that failed for good and are tried again. */

import { describe, expect, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { retryDelivery } from "../../support/deadLetters.ts"
import { outboundOf, refused, replyTo, services, tagsOf } from "../../support/outbound.ts"

const delivery = replyTo(7, "d", "a", "b", "c")

/** Carries out the retry of the only letter, and gives what its account gets. */
const order = Effect.gen(function* () {
  const [letter] = yield* (yield* DeadLetters).all
  return yield* letter === undefined ? Effect.dieMessage("there is no letter") : retryDelivery(letter.number)
})

describe("a delivery that is tried again", () => {
  it.effect("sends the parts that failed, in order, and none that was sent; then its letter is gone", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf((count) => (count === 1 ? refused : "sent"))
      yield* deliver(delivery)
      expect(yield* sends).toEqual(["a", "b"])
      yield* deliver(yield* order)
      expect((yield* sends).slice(2)).toEqual(["b", "c"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Sent", "Sent"])
      expect(yield* (yield* DeadLetters).all).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("is a dead letter again where it fails again, and can be tried once more", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf((count) => (count < 2 ? refused : "sent"))
      yield* deliver(delivery)
      yield* deliver(yield* order)
      expect(yield* (yield* DeadLetters).all).toMatchObject([{ number: 1, status: "dead", attempts: 2 }])
      yield* deliver(yield* order)
      expect(yield* sends).toEqual(["a", "a", "a", "b", "c"])
      expect(yield* (yield* DeadLetters).all).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("sends nothing where the same retry comes once more after a crash", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf((count) => (count === 0 ? refused : "sent"))
      yield* deliver(delivery)
      const again = yield* order
      yield* deliver(again)
      yield* deliver(again)
      yield* deliver(delivery)
      expect(yield* sends).toEqual(["a", "a", "b", "c"])
      expect(yield* (yield* DeadLetters).all).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("is cut anew where it failed before its parts were written down", () =>
    Effect.gen(function* () {
      const { bury } = yield* DeadLetters
      yield* bury({ content: { _tag: "Delivery", delivery }, attempt: 0, code: "defect", message: "?" })
      const { deliver, sends } = yield* outboundOf()
      expect(yield* (yield* Outbox).parts("d")).toEqual([])
      yield* deliver(yield* order)
      expect(yield* sends).toEqual(["a", "b", "c"])
    }).pipe(Effect.provide(services))
  )

  it.effect("and is of no use any more is not sent, and its letter says so and can be dropped", () =>
    Effect.gen(function* () {
      const { all, drop } = yield* DeadLetters
      const { deliver, sends } = yield* outboundOf(() => refused)
      yield* deliver({ ...delivery, expiresAt: 3_600_000 })
      yield* TestClock.adjust("2 hours")
      const again = yield* order
      expect(yield* all).toMatchObject([{ status: "retrying" }])
      yield* deliver(again)
      expect(yield* sends).toEqual(["a"])
      expect(yield* all).toMatchObject([{ status: "dead", attempts: 2, code: "expired" }])
      yield* drop(1)
      expect(yield* all).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("is sent also where nobody waits any more as for the first try", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf((count) => (count === 0 ? refused : "sent"))
      yield* deliver(delivery, 60_000)
      yield* TestClock.adjust("2 hours")
      yield* deliver(yield* order)
      expect(yield* sends).toEqual(["a", "a", "b", "c"])
      expect(yield* (yield* DeadLetters).all).toEqual([])
    }).pipe(Effect.provide(services))
  )
})
