import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref, TestClock } from "effect"
import { make } from "../../../../src/programs/account/inbox/nudges.ts"
import { readInRhythm } from "../../../../src/programs/account/inbox/readInRhythm.ts"
import { monotonicMillis } from "../../../../src/programs/account/supervision/monotonic.ts"

/** Rows that can be read from some moments on, each found by the first read after its own. */
const reading = (mostMs = Number.POSITIVE_INFINITY) =>
  Effect.gen(function* () {
    const nudges = yield* make
    const writtenAt = yield* Ref.make(Number.NEGATIVE_INFINITY)
    const readableAt = yield* Ref.make<ReadonlyArray<number>>([])
    const foundAt = yield* Ref.make<ReadonlyArray<number>>([])
    const reads = yield* Ref.make(0)
    const read = Effect.gen(function* () {
      yield* Ref.update(reads, (count) => count + 1)
      const now = yield* monotonicMillis
      const rows = yield* Ref.modify(readableAt, (all) => [
        all.filter((at) => at <= now),
        all.filter((at) => at > now)
      ])
      yield* Ref.update(foundAt, (before) => [...before, ...rows.map(() => now)])
      return rows.length > 0
    })
    yield* Effect.forkScoped(
      readInRhythm({ read, nudges, writtenAt, pollMs: 1000, mostMs: Effect.succeed(mostMs) })
    )
    yield* Effect.yieldNow()
    return {
      reads: Ref.get(reads),
      foundAt: Ref.get(foundAt),
      nudge: nudges.nudge,
      /** The files change now, and a row of that can be read so many ms later. */
      write: (lateMs: number) =>
        Effect.gen(function* () {
          const now = yield* monotonicMillis
          yield* Ref.update(readableAt, (all) => [...all, now + lateMs])
          yield* Ref.set(writtenAt, now)
          yield* nudges.nudge
          yield* Effect.yieldNow()
        })
    }
  })

describe("rows", () => {
  it.scoped("are read at the beginning, and at each nudge at once", () =>
    Effect.gen(function* () {
      const { nudge, reads } = yield* reading()
      expect(yield* reads).toBe(1)
      yield* nudge
      yield* TestClock.adjust(0)
      expect(yield* reads).toBe(2)
    })
  )

  it.scoped("are found also where their commit takes long after the files have changed", () =>
    Effect.gen(function* () {
      const { foundAt, write } = yield* reading()
      // So that the files are known to tell, and nothing else asks within ten seconds.
      yield* write(0)
      yield* TestClock.adjust("30 seconds")
      yield* write(400)
      yield* TestClock.adjust("2 seconds")
      expect(yield* foundAt).toHaveLength(2)
    })
  )

  it.scoped("are found also where the read after their change finds those of the commit before", () =>
    Effect.gen(function* () {
      const { foundAt, write } = yield* reading()
      yield* write(0)
      yield* TestClock.adjust("30 seconds")
      yield* write(0)
      yield* write(200)
      yield* TestClock.adjust("1 second")
      expect(yield* foundAt).toHaveLength(3)
    })
  )

  it.scoped("are asked for where nothing tells of them, and as soon as a row that waits needs it", () =>
    Effect.gen(function* () {
      const alone = yield* reading()
      yield* TestClock.adjust("5 seconds")
      expect(yield* alone.reads).toBe(6)
      const waiting = yield* reading(250)
      yield* TestClock.adjust("1 second")
      expect(yield* waiting.reads).toBe(5)
    })
  )
})
