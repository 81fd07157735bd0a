import { describe, expect, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import * as LoopGuard from "../../../src/programs/session/LoopGuard.ts"

const guardOf = (maxPerMinute: number) =>
  Effect.tap(LoopGuard.make, (guard) => Effect.sync(() => guard.limit(maxPerMinute)))

describe("a guard against loops", () => {
  it.effect("lets a chat have as many turns a minute as it may", () =>
    Effect.gen(function* () {
      const guard = yield* guardOf(3)
      for (const _ of [1, 2, 3]) {
        expect(guard.pauseOf("a")).toBe(0)
        guard.onTurn("a")
        yield* TestClock.adjust("1 second")
      }
      expect(guard.pauseOf("a")).toBe(57_000)
    })
  )

  it.effect("pauses a chat until its oldest turn is a minute ago", () =>
    Effect.gen(function* () {
      const guard = yield* guardOf(2)
      guard.onTurn("a")
      yield* TestClock.adjust("20 seconds")
      guard.onTurn("a")
      yield* TestClock.adjust("40 seconds")
      expect(guard.pauseOf("a")).toBe(0)
      guard.onTurn("a")
      expect(guard.pauseOf("a")).toBe(20_000)
    })
  )

  it.effect("counts each chat by itself", () =>
    Effect.gen(function* () {
      const guard = yield* guardOf(1)
      guard.onTurn("a")
      expect([guard.pauseOf("a"), guard.pauseOf("b")]).toEqual([60_000, 0])
    })
  )

  it.effect("that allows no number of turns a minute allows any", () =>
    Effect.gen(function* () {
      const guard = yield* guardOf(0)
      for (let turn = 0; turn < 1000; turn++) guard.onTurn("a")
      expect(guard.pauseOf("a")).toBe(0)
    })
  )

  it.effect("reports a pause once, and the next one again", () =>
    Effect.gen(function* () {
      const guard = yield* guardOf(1)
      guard.onTurn("a")
      expect([guard.isNews("a"), guard.isNews("a")]).toEqual([true, false])
      yield* TestClock.adjust("1 minute")
      guard.onTurn("a")
      expect(guard.isNews("a")).toBe(true)
    })
  )

  it.effect("reports a chat that is paused every few seconds once a minute", () =>
    Effect.gen(function* () {
      const guard = yield* guardOf(30)
      let reports = 0
      for (let second = 0; second < 600; second += 2) {
        guard.onTurn("a")
        if (guard.pauseOf("a") > 0 && guard.isNews("a")) reports++
        yield* TestClock.adjust("2 seconds")
      }
      expect(reports).toBe(10)
    })
  )

  it.effect("forgets the chats that were quiet for a minute", () =>
    Effect.gen(function* () {
      const guard = yield* guardOf(1)
      for (let chat = 0; chat < 100; chat++) guard.onTurn(`quiet ${chat}`)
      yield* TestClock.adjust("30 seconds")
      guard.onTurn("a")
      expect(guard.chats()).toBe(101)
      yield* TestClock.adjust("30 seconds")
      guard.onTurn("b")
      expect(guard.chats()).toBe(2)
    })
  )
})
