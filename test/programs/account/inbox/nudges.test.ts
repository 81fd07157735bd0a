import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import { make } from "../../../../src/programs/account/inbox/nudges.ts"

describe("what says that there may be rows", () => {
  it.effect("has them read once, however often it says so", () =>
    Effect.gen(function* () {
      const nudges = yield* make
      yield* nudges.nudge
      yield* nudges.nudge
      expect(yield* nudges.await(1000)).toBe(true)
      const waiting = yield* Effect.fork(nudges.await(1000))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(waiting)).toBe(false)
    })
  )

  it.effect("has them read once more where it comes while they are read", () =>
    Effect.gen(function* () {
      const nudges = yield* make
      yield* nudges.nudge
      expect(yield* nudges.await(1000)).toBe(true)
      yield* nudges.nudge
      yield* nudges.nudge
      expect(yield* nudges.await(1000)).toBe(true)
    })
  )

  it.effect("is heard at once by who waits", () =>
    Effect.gen(function* () {
      const nudges = yield* make
      const waiting = yield* Effect.fork(nudges.await(1000))
      yield* Effect.yieldNow()
      yield* nudges.nudge
      expect(yield* Fiber.join(waiting)).toBe(true)
    })
  )
})
