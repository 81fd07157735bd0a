import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, TestClock } from "effect"
import { makeWorkTime } from "../../../../src/layers/agent/acp/workTime.ts"

/** A turn that may work for ten minutes. */
const turn = Effect.gen(function* () {
  const { aside, passed } = yield* makeWorkTime
  const over = yield* Effect.fork(passed("10 minutes"))
  const isOver = Effect.map(Fiber.poll(over), ({ _tag }) => _tag === "Some")
  /** Asks an owner; what it answers ends the question. */
  const ask = Effect.gen(function* () {
    const answer = yield* Deferred.make<void>()
    yield* Effect.fork(aside(Deferred.await(answer)))
    yield* TestClock.adjust(0)
    return Effect.zipRight(Deferred.succeed(answer, undefined), TestClock.adjust(0))
  })
  yield* TestClock.adjust(0)
  return { aside, isOver, ask }
})

describe("the time that a turn may take", () => {
  it.effect("is over when it has passed", () =>
    Effect.gen(function* () {
      const { isOver } = yield* turn
      yield* TestClock.adjust("599 seconds")
      expect(yield* isOver).toBe(false)
      yield* TestClock.adjust("1 second")
      expect(yield* isOver).toBe(true)
    })
  )

  it.effect("stands still while an owner is asked, and goes on where it stood", () =>
    Effect.gen(function* () {
      const { ask, isOver } = yield* turn
      yield* TestClock.adjust("4 minutes")
      const answered = yield* ask
      yield* TestClock.adjust("1 hour")
      yield* answered
      yield* TestClock.adjust("359 seconds")
      expect(yield* isOver).toBe(false)
      yield* TestClock.adjust("1 second")
      expect(yield* isOver).toBe(true)
    })
  )

  it.effect("stands still until the last of several questions is answered", () =>
    Effect.gen(function* () {
      const { ask, isOver } = yield* turn
      const first = yield* ask
      yield* TestClock.adjust("9 minutes")
      const second = yield* ask
      yield* first
      yield* TestClock.adjust("9 minutes")
      yield* second
      yield* TestClock.adjust("599 seconds")
      expect(yield* isOver).toBe(false)
      yield* TestClock.adjust("1 second")
      expect(yield* isOver).toBe(true)
    })
  )

  it.effect("goes on where the question was stopped, and where it was asked before anything else", () =>
    Effect.gen(function* () {
      const { aside, isOver } = yield* turn
      const asking = yield* Effect.fork(aside(Effect.never))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.interrupt(asking)
      yield* TestClock.adjust("599 seconds")
      expect(yield* isOver).toBe(false)
      yield* TestClock.adjust("1 second")
      expect(yield* isOver).toBe(true)
    })
  )
})
