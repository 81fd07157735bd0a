import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Option, TestClock } from "effect"
import { makeSessions, SESSION_LASTS } from "../../../../src/programs/control/web/sessions.ts"

describe("a session", () => {
  it.effect("is found by its cookie until it is closed, and is over then", () =>
    Effect.gen(function* () {
      const { close, find, open } = yield* makeSessions
      const one = yield* open
      const other = yield* open
      expect(one.id).not.toBe(other.id)
      const over = yield* Effect.fork(one.over)
      yield* close(one.id)
      yield* Fiber.join(over)
      expect(Option.isNone(yield* find(one.id))).toBe(true)
      expect(Option.isSome(yield* find(other.id))).toBe(true)
      expect(Option.isNone(yield* find("made up"))).toBe(true)
    })
  )

  it.effect("is over after a day, also for who listens", () =>
    Effect.gen(function* () {
      const { find, open } = yield* makeSessions
      const { id, over } = yield* open
      const ended = yield* Effect.fork(over)
      yield* TestClock.adjust(Duration.subtract(SESSION_LASTS, "1 millis"))
      expect(Option.isSome(yield* find(id))).toBe(true)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(ended)
      expect(Option.isNone(yield* find(id))).toBe(true)
    })
  )

  it.effect("gives way where there are too many: the oldest goes", () =>
    Effect.gen(function* () {
      const { find, open } = yield* makeSessions
      const sessions = yield* Effect.replicateEffect(open, 65)
      const found = yield* Effect.forEach(sessions, ({ id }) => Effect.map(find(id), Option.isSome))
      expect(found).toEqual([false, ...Array.from({ length: 64 }, () => true)])
      yield* sessions[0]?.over ?? Effect.dieMessage("no session")
    })
  )
})
