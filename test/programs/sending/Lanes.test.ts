import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, FastCheck as fc, Ref, TestClock } from "effect"
import * as Lanes from "../../../src/programs/sending/Lanes.ts"

/** Lets every fiber go as far as it can without the clock. */
const settled = Effect.repeatN(Effect.yieldNow(), 50)

/** A lane's world: what began and ended, in order, and pieces of work that end when they are told to. */
const makeWorld = Effect.gen(function* () {
  const lanes = Lanes.make()
  const log = yield* Ref.make<ReadonlyArray<string>>([])
  const write = (line: string) => Ref.update(log, (lines) => [...lines, line])
  const start = (key: string, name: string) =>
    Effect.gen(function* () {
      const end = yield* Deferred.make<void>()
      const fiber = yield* Effect.fork(
        lanes.run(
          key,
          Effect.ensuring(Effect.zipRight(write(`${name}+`), Deferred.await(end)), write(`${name}-`))
        )
      )
      yield* settled
      return { fiber, end: Effect.zipRight(Deferred.succeed(end, undefined), settled) }
    })
  return { lanes, start, log: Ref.get(log) }
})

describe("effects with the same key", () => {
  it.effect("run one after the other, in the order in which they were given", () =>
    Effect.gen(function* () {
      const { log, start } = yield* makeWorld
      const a = yield* start("key", "a")
      const b = yield* start("key", "b")
      yield* b.end
      expect(yield* log).toEqual(["a+"])
      yield* a.end
      expect(yield* log).toEqual(["a+", "a-", "b+", "b-"])
    })
  )

  it.effect("go on after one that failed or died", () =>
    Effect.gen(function* () {
      const lanes = Lanes.make()
      expect(Exit.isFailure(yield* Effect.exit(lanes.run("key", Effect.fail("no"))))).toBe(true)
      expect(Exit.isFailure(yield* Effect.exit(lanes.run("key", Effect.die("defect"))))).toBe(true)
      expect(yield* lanes.run("key", Effect.succeed(1))).toBe(1)
    })
  )

  it.effect("go on after one that was interrupted while it ran", () =>
    Effect.gen(function* () {
      const { log, start } = yield* makeWorld
      const a = yield* start("key", "a")
      yield* start("key", "b")
      yield* Fiber.interrupt(a.fiber)
      yield* settled
      expect(yield* log).toEqual(["a+", "a-", "b+"])
    })
  )

  it.effect("still wait for those before one that was interrupted while it waited", () =>
    Effect.gen(function* () {
      const { log, start } = yield* makeWorld
      const a = yield* start("key", "a")
      const b = yield* start("key", "b")
      yield* start("key", "c")
      yield* Fiber.interrupt(b.fiber)
      yield* settled
      expect(yield* log).toEqual(["a+"])
      yield* a.end
      expect(yield* log).toEqual(["a+", "a-", "c+"])
    })
  )

  it.effect("wait also where they come after the last one was interrupted while it waited", () =>
    Effect.gen(function* () {
      const { log, start } = yield* makeWorld
      const a = yield* start("key", "a")
      const b = yield* start("key", "b")
      yield* Fiber.interrupt(b.fiber)
      yield* start("key", "c")
      expect(yield* log).toEqual(["a+"])
      yield* a.end
      expect(yield* log).toEqual(["a+", "a-", "c+"])
    })
  )

  it.effect("can be interrupted while they wait, without waiting for those before them", () =>
    Effect.gen(function* () {
      const { start } = yield* makeWorld
      yield* start("key", "a")
      const b = yield* start("key", "b")
      expect(Exit.isInterrupted(yield* Fiber.interrupt(b.fiber))).toBe(true)
    })
  )

  it.effect("can be interrupted while they run", () =>
    Effect.gen(function* () {
      const { log, start } = yield* makeWorld
      const a = yield* start("key", "a")
      expect(Exit.isInterrupted(yield* Fiber.interrupt(a.fiber))).toBe(true)
      expect(yield* log).toEqual(["a+", "a-"])
    })
  )
})

describe("effects with other keys", () => {
  it.effect("run beside each other", () =>
    Effect.gen(function* () {
      const { log, start } = yield* makeWorld
      yield* start("one", "a")
      const b = yield* start("two", "b")
      yield* b.end
      expect(yield* log).toEqual(["a+", "b+", "b-"])
    })
  )
})

describe("whatever is given, and whatever is interrupted", () => {
  const piece = fc.record({
    key: fc.constantFrom("one", "two"),
    millis: fc.integer({ min: 0, max: 5 }),
    pauses: fc.integer({ min: 0, max: 3 }),
    fails: fc.boolean(),
    interruptedAfter: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined })
  })

  it.effect.prop(
    "those of a key run alone and in order, and all of them end",
    [fc.array(piece, { maxLength: 20, size: "max" })],
    ([pieces]) =>
      Effect.gen(function* () {
        const lanes = Lanes.make()
        const running = new Map<string, number>()
        const begun: Array<{ readonly key: string; readonly index: number }> = []
        const overlaps: Array<string> = []
        const fibers = yield* Effect.forEach(
          pieces,
          ({ fails, interruptedAfter, key, millis, pauses }, index) =>
            Effect.gen(function* () {
              const effect = Effect.acquireUseRelease(
                Effect.sync(() => {
                  begun.push({ key, index })
                  running.set(key, (running.get(key) ?? 0) + 1)
                  if (running.get(key) !== 1) overlaps.push(`${key}: ${index}`)
                }),
                () =>
                  Effect.sleep(millis).pipe(
                    Effect.zipRight(Effect.repeatN(Effect.yieldNow(), pauses)),
                    Effect.zipRight(fails ? Effect.fail("no") : Effect.void)
                  ),
                () => Effect.sync(() => running.set(key, (running.get(key) ?? 0) - 1))
              )
              const fiber = yield* Effect.fork(lanes.run(key, effect))
              if (interruptedAfter !== undefined) {
                yield* Effect.fork(Effect.delay(Fiber.interrupt(fiber), interruptedAfter))
              }
              yield* Effect.repeatN(Effect.yieldNow(), pauses)
              return fiber
            })
        )
        const all = yield* Effect.fork(Fiber.awaitAll(fibers))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(all)
        expect(overlaps).toEqual([])
        for (const key of ["one", "two"]) {
          const order = begun.filter((one) => one.key === key).map(({ index }) => index)
          expect(order).toEqual([...order].sort((a, b) => a - b))
        }
        const kept = pieces.flatMap(({ interruptedAfter }, index) =>
          interruptedAfter === undefined ? [index] : []
        )
        expect(begun.map(({ index }) => index)).toEqual(expect.arrayContaining(kept))
      }),
    { fastCheck: { numRuns: 100 } }
  )
})
