/** When the write-ahead log is cut. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref, TestClock } from "effect"
import { makeCutLog } from "../../../src/layers/sqlite/cutLog.ts"

/** A log whose cuts are counted; `busy` says how many of the first cannot be made. */
const logOf = (busy = 0) =>
  Effect.gen(function* () {
    const cuts = yield* Ref.make(0)
    let left = busy
    const noticeWrite = yield* makeCutLog(() => {
      if (left-- > 0) return false
      Effect.runSync(Ref.update(cuts, (count) => count + 1))
      return true
    })
    return { cuts: Ref.get(cuts), noticeWrite }
  })

describe("the write-ahead log", () => {
  it.scoped("is not cut where nothing was written", () =>
    Effect.gen(function* () {
      const { cuts } = yield* logOf()
      yield* TestClock.adjust("1 hour")
      expect(yield* cuts).toBe(0)
    })
  )

  it.scoped("is cut once after a write, when it has been quiet for two seconds", () =>
    Effect.gen(function* () {
      const { cuts, noticeWrite } = yield* logOf()
      noticeWrite()
      yield* TestClock.adjust("1 second")
      noticeWrite()
      yield* TestClock.adjust("2 seconds")
      expect(yield* cuts).toBe(0)
      yield* TestClock.adjust("1 hour")
      expect(yield* cuts).toBe(1)
    })
  )

  it.scoped("is cut within a minute where somebody always writes", () =>
    Effect.gen(function* () {
      const { cuts, noticeWrite } = yield* logOf()
      for (let second = 0; second < 63; second++) {
        noticeWrite()
        yield* TestClock.adjust("1 second")
      }
      expect(yield* cuts).toBe(1)
    })
  )

  it.scoped("is tried again where somebody reads", () =>
    Effect.gen(function* () {
      const { cuts, noticeWrite } = yield* logOf(3)
      noticeWrite()
      yield* TestClock.adjust("7 seconds")
      expect(yield* cuts).toBe(0)
      yield* TestClock.adjust("4 seconds")
      expect(yield* cuts).toBe(1)
    })
  )

  it.effect("is cut at the end", () =>
    Effect.gen(function* () {
      const { cuts } = yield* Effect.scoped(logOf())
      expect(yield* cuts).toBe(1)
    })
  )
})
