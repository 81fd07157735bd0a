/** A delivery that trips the gateway itself. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Ref, TestClock } from "effect"
import { Outbox } from "../../../src/services/Outbox.ts"
import { outboundOf, replyTo, services } from "../../support/outbound.ts"

/** How often the parts of the delivery `bad` were asked for, which is a defect each time. */
class Trips extends Context.Tag("test/Trips")<Trips, Ref.Ref<number>>() {}

const tripping = Layer.effect(
  Outbox,
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const trips = yield* Trips
    return Outbox.of({
      ...outbox,
      parts: (id) =>
        id === "bad"
          ? Effect.zipRight(
              Ref.update(trips, (count) => count + 1),
              Effect.dieMessage("a bug")
            )
          : outbox.parts(id)
    })
  })
).pipe(Layer.provideMerge(services), Layer.provideMerge(Layer.effect(Trips, Ref.make(0))))

describe("a delivery that trips the gateway, and cannot be set aside either", () => {
  it.effect("is taken on again after a pause, and holds up no other", () =>
    Effect.gen(function* () {
      const trips = yield* Trips
      const { deliver, sends } = yield* outboundOf()
      yield* (yield* Outbox).accept(replyTo(7, "bad", "a"))
      yield* deliver(replyTo(8, "good", "b"))
      expect(yield* sends).toEqual(["b"])
      yield* TestClock.adjust("30 seconds")
      const once = yield* Ref.get(trips)
      expect(once).toBeLessThan(4)
      yield* TestClock.adjust("1 minute")
      expect(yield* Ref.get(trips)).toBe(2 * once)
    }).pipe(Effect.provide(tripping))
  )
})
