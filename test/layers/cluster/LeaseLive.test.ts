import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, TestClock } from "effect"
import * as LeaseLive from "../../../src/layers/cluster/LeaseLive.ts"
import { Lease } from "../../../src/services/Lease.ts"

describe("a lease", () => {
  it.effect("is none at first, holds from when it was renewed, and is over", () =>
    Effect.gen(function* () {
      const { left, now, renew } = yield* Lease
      expect(yield* left).toBe(0)
      const begun = yield* now
      yield* TestClock.adjust("2 seconds")
      yield* renew(begun)
      expect(yield* left).toBe(6000)
      yield* TestClock.adjust("5999 millis")
      expect(yield* left).toBe(1)
      yield* TestClock.adjust("1 minute")
      expect(yield* left).toBe(0)
    }).pipe(Effect.provide(LeaseLive.layer("8 seconds")))
  )

  it.effect.each([
    { what: "the machine slept", monotonic: 1000, wall: 60_000, left: 0 },
    { what: "the clock was put back", monotonic: 3000, wall: -3_600_000, left: 5000 },
    { what: "nothing happened", monotonic: 3000, wall: 3000, left: 5000 }
  ])("goes by the clock that leaves less: $what", ({ left, monotonic, wall }) =>
    Effect.gen(function* () {
      const lease = yield* Lease
      const now = yield* lease.now
      yield* lease.renew({ monotonic: now.monotonic - monotonic, wall: now.wall - wall })
      expect(yield* lease.left).toBe(left)
    }).pipe(Effect.provide(LeaseLive.layer("8 seconds")))
  )

  it.effect("is waited for until it is renewed, by a renewal that is not over already", () =>
    Effect.gen(function* () {
      const { held, now, renew } = yield* Lease
      const waiting = yield* Effect.fork(held)
      const begun = yield* now
      yield* TestClock.adjust("9 seconds")
      yield* renew(begun)
      yield* TestClock.adjust("1 millis")
      expect(Option.isNone(yield* Fiber.poll(waiting))).toBe(true)
      yield* renew(yield* now)
      yield* Fiber.join(waiting)
      yield* held
    }).pipe(Effect.provide(LeaseLive.layer("8 seconds")))
  )
})
