import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Ref, TestClock } from "effect"
import * as fc from "effect/FastCheck"
import * as FairSemaphore from "../../../src/programs/effects/FairSemaphore.ts"

describe("permits", () => {
  it.effect("go to those who wait in the order in which they came, as many at once as there are", () =>
    Effect.gen(function* () {
      const { withPermit } = FairSemaphore.make(2)
      const begun = yield* Ref.make<ReadonlyArray<number>>([])
      const work = (n: number) =>
        withPermit(
          Effect.zipRight(
            Ref.update(begun, (before) => [...before, n]),
            Effect.sleep("1 second")
          )
        )
      const all = yield* Effect.fork(Effect.forEach([1, 2, 3, 4, 5], work, { concurrency: "unbounded" }))
      yield* TestClock.adjust("999 millis")
      expect(yield* Ref.get(begun)).toEqual([1, 2])
      yield* TestClock.adjust("1 millis")
      expect(yield* Ref.get(begun)).toEqual([1, 2, 3, 4])
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(all)
      expect(yield* Ref.get(begun)).toEqual([1, 2, 3, 4, 5])
    })
  )

  it.effect("become more at once, and fewer as they are given back", () =>
    Effect.gen(function* () {
      const { resize, withPermit } = FairSemaphore.make(1)
      const running = yield* Ref.make(0)
      const work = withPermit(
        Effect.acquireUseRelease(
          Ref.update(running, (n) => n + 1),
          () => Effect.sleep("1 second"),
          () => Ref.update(running, (n) => n - 1)
        )
      )
      yield* Effect.fork(Effect.forEach(Array.from({ length: 9 }), () => work, { concurrency: "unbounded" }))
      const seen = Effect.zipRight(TestClock.adjust("100 millis"), Ref.get(running))
      expect(yield* seen).toBe(1)
      yield* resize(4)
      expect(yield* seen).toBe(4)
      yield* resize(2)
      expect(yield* seen).toBe(4)
      yield* TestClock.adjust("1 second")
      expect(yield* seen).toBe(2)
      yield* TestClock.adjust("10 seconds")
      expect(yield* Ref.get(running)).toBe(0)
    })
  )

  it.effect("are given back by what fails, and places by those who are interrupted while they wait", () =>
    Effect.gen(function* () {
      const { withPermit } = FairSemaphore.make(1)
      const mayEnd = yield* Deferred.make<void>()
      const first = yield* Effect.fork(withPermit(Effect.zipRight(Deferred.await(mayEnd), Effect.fail("no"))))
      yield* Effect.yieldNow()
      const second = yield* Effect.fork(withPermit(Effect.succeed("second")))
      const third = yield* Effect.fork(withPermit(Effect.succeed("third")))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(second)
      yield* Deferred.succeed(mayEnd, undefined)
      expect(yield* Effect.flip(Fiber.join(first))).toBe("no")
      expect(yield* Fiber.join(third)).toBe("third")
      expect(yield* withPermit(Effect.succeed("later"))).toBe("later")
    })
  )

  it.effect("are all there again whoever is interrupted when", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 3 }),
          fc.array(fc.record({ ticks: fc.nat(4), stop: fc.option(fc.nat(8)) }), { maxLength: 12 }),
          (permits, workers) =>
            Effect.runPromise(
              Effect.gen(function* () {
                const { withPermit } = FairSemaphore.make(permits)
                let running = 0
                let most = 0
                const ticks = (n: number) => Effect.repeatN(Effect.yieldNow(), n)
                const work = (n: number) =>
                  withPermit(
                    Effect.acquireUseRelease(
                      Effect.sync(() => {
                        most = Math.max(most, ++running)
                      }),
                      () => ticks(n),
                      () => Effect.sync(() => void running--)
                    )
                  )
                yield* Effect.forEach(
                  workers,
                  ({ stop, ticks: n }) =>
                    Effect.gen(function* () {
                      const fiber = yield* Effect.fork(work(n))
                      if (stop === null) return yield* Fiber.join(fiber)
                      yield* ticks(stop)
                      yield* Fiber.interrupt(fiber)
                    }),
                  { concurrency: "unbounded", discard: true }
                )
                expect(most).toBeLessThanOrEqual(permits)
                const all = yield* Effect.forEach(Array.from({ length: permits }), () => work(1), {
                  concurrency: "unbounded"
                }).pipe(Effect.timeout("5 seconds"))
                expect(all).toHaveLength(permits)
                expect(running).toBe(0)
              })
            )
        ),
        { numRuns: 300 }
      )
    )
  )
})

describe("a permit that is given back for a while", () => {
  /** One permit; what is written down is what runs, in order. */
  const begin = Effect.gen(function* () {
    const semaphore = FairSemaphore.make(1)
    const happened = yield* Ref.make<ReadonlyArray<string>>([])
    const note = (what: string) => Ref.update(happened, (before) => [...before, what])
    return { ...semaphore, note, happened: Ref.get(happened) }
  })

  it.effect("lets another run, and is waited for before the work goes on", () =>
    Effect.gen(function* () {
      const { happened, note, withOwnPermit, withPermit } = yield* begin
      const asking = withOwnPermit(({ aside }) =>
        Effect.zipRight(aside(Effect.sleep("1 minute")), note("goes on"))
      )
      const first = yield* Effect.fork(asking)
      yield* Effect.yieldNow()
      const other = yield* Effect.fork(withPermit(Effect.zipRight(note("other"), Effect.sleep("2 minutes"))))
      yield* TestClock.adjust("90 seconds")
      expect(yield* happened).toEqual(["other"])
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(first)
      yield* Fiber.join(other)
      expect(yield* happened).toEqual(["other", "goes on"])
      expect(yield* withPermit(Effect.succeed("free again"))).toBe("free again")
    })
  )

  it.effect("is taken again by the last of several, and holds up none of them", () =>
    Effect.gen(function* () {
      const { happened, note, withOwnPermit, withPermit } = yield* begin
      const all = yield* Effect.fork(
        withOwnPermit(({ aside }) =>
          Effect.all(
            [
              Effect.zipRight(aside(Effect.sleep("1 minute")), note("first")),
              Effect.zipRight(aside(Effect.sleep("2 minutes")), note("second")),
              // Begun while the permit is waited for again.
              Effect.sleep("150 seconds").pipe(
                Effect.zipRight(aside(Effect.sleep("1 minute"))),
                Effect.zipRight(note("third"))
              )
            ],
            { concurrency: "unbounded" }
          )
        )
      )
      yield* Effect.yieldNow()
      const other = yield* Effect.fork(withPermit(Effect.sleep("4 minutes")))
      yield* TestClock.adjust("60 seconds")
      expect(yield* happened).toEqual(["first"])
      yield* TestClock.adjust("60 seconds")
      expect(yield* happened).toEqual(["first"])
      yield* TestClock.adjust("30 seconds")
      expect(yield* happened).toEqual(["first", "second"])
      yield* TestClock.adjust("90 seconds")
      yield* Fiber.join(other)
      yield* Fiber.join(all)
      expect(yield* happened).toEqual(["first", "second", "third"])
    })
  )

  it.effect("is not taken for work that is over, whatever still waits beside it", () =>
    Effect.gen(function* () {
      const { withOwnPermit, withPermit } = yield* begin
      const left = yield* withOwnPermit(({ aside }) => Effect.forkDaemon(aside(Effect.sleep("1 minute"))))
      const other = yield* Effect.fork(withPermit(Effect.sleep("5 minutes")))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(left)
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(other)
      expect(yield* withPermit(Effect.succeed("free"))).toBe("free")
    })
  )
})
