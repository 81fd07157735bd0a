/** What failed is tried again as `Effect.retry` does it. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Schedule, TestClock } from "effect"
import { tryAgain } from "../../../src/schemas/errors/tryAgain.ts"

const schedule = Schedule.exponential("100 millis").pipe(Schedule.upTo("1 second"))
const options = { schedule, while: (error: string) => error !== "hopeless" }

/** When an effect that fails so is tried, and what comes of it. */
const timesOf = (
  failures: ReadonlyArray<string>,
  retried: (effect: Effect.Effect<number, string>) => Effect.Effect<number, string>
) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const effect = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const failure = failures[times.push(now) - 1]
      return failure === undefined ? Effect.succeed(times.length) : Effect.fail(failure)
    })
    const running = yield* Effect.fork(Effect.exit(retried(effect)))
    yield* TestClock.adjust("1 minute")
    return { times, exit: yield* Fiber.join(running) }
  })

const CASES = {
  "succeeds at once": [],
  "fails once": ["busy"],
  "fails some times": ["busy", "busy", "busy"],
  "fails for longer than it is tried": Array.from({ length: 20 }, () => "busy"),
  "fails for good": ["hopeless"],
  "fails for good after a while": ["busy", "busy", "hopeless"]
} satisfies Record<string, ReadonlyArray<string>>

describe("what is tried again", () => {
  for (const [name, failures] of Object.entries(CASES)) {
    it.effect(`and ${name}: as often, as late, and to the same end as by Effect.retry`, () =>
      Effect.gen(function* () {
        const ours = yield* timesOf(failures, tryAgain(options))
        const start = yield* Clock.currentTimeMillis
        const theirs = yield* timesOf(failures, Effect.retry(options))
        expect(ours.times).toEqual(theirs.times.map((time) => time - start))
        expect(ours.exit).toEqual(theirs.exit)
      })
    )
  }

  it.effect("is tried anew each time that it is run", () =>
    Effect.gen(function* () {
      let tries = 0
      const effect = tryAgain(options)(Effect.suspend(() => Effect.fail(`busy ${++tries}`)))
      const run = Effect.gen(function* () {
        const before = tries
        const running = yield* Effect.fork(Effect.exit(effect))
        yield* TestClock.adjust("1 minute")
        expect(Exit.isFailure(yield* Fiber.join(running))).toBe(true)
        return tries - before
      })
      const first = yield* run
      expect(first).toBeGreaterThan(2)
      expect(yield* run).toBe(first)
    })
  )
})
