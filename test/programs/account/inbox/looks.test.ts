import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref, TestClock } from "effect"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { makeLooks, untilLook } from "../../../../src/programs/account/inbox/looks.ts"
import type { Waiting } from "../../../../src/programs/account/inbox/unripe.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"

describe("the next look for rows that wait", () => {
  it.each([
    ["is when the pause is over", [], 40, 60],
    ["is at once where that was before", [], 140, 0],
    ["is when the time of a row is over", [1050], 40, 10],
    ["is at once where that was meanwhile", [1020], 40, 0],
    ["is not hastened by what was looked for when its time was over", [1000, 990], 40, 60]
  ])("%s", (_, untils, passed, ms) => {
    const last = { at: 1000, monotonicAt: 0, pauseMs: 100 }
    const now = { at: 1000 + passed, monotonicAt: passed }
    expect(
      untilLook(
        untils.map((until) => ({ until })),
        last,
        now
      )
    ).toBe(ms)
  })
})

const waiting = (rowId: number, more: Partial<Waiting> = {}): Waiting => ({
  rowId,
  guid: `guid-${rowId}`,
  until: 10_000,
  row: makeMessage({ id: rowId }),
  lack: "file",
  ...more
})

describe("rows that wait", () => {
  const looking = Effect.gen(function* () {
    const context = yield* AccountContext.make(makeAccount())
    const setUnripe = (...unripe: ReadonlyArray<Waiting>) =>
      Ref.update(context.position, (before) => ({ ...before, unripe }))
    const looks = yield* Ref.make<ReadonlyArray<ReadonlyArray<number>>>([])
    const { all, pauseMs, some } = makeLooks(
      context,
      (wanted) =>
        Effect.as(
          Ref.update(looks, (before) => [...before, wanted.map(({ rowId }) => rowId)]),
          { found: [], lookedFor: new Set(), folded: new Set() }
        ),
      () => Effect.void
    )
    return { all, some, pauseMs, setUnripe, looks: Ref.get(looks) }
  })

  it.effect("are all looked for before a child reads others", () =>
    Effect.gen(function* () {
      const { all, looks, setUnripe } = yield* looking
      yield* all
      expect(yield* looks).toEqual([])
      const many = Array.from({ length: 100 }, (_, at) => waiting(at, { row: undefined, lack: "row" }))
      yield* setUnripe(...many, waiting(200), waiting(201, { lack: undefined }))
      yield* all
      expect(yield* looks).toEqual([[...many.map(({ rowId }) => rowId), 200]])
    })
  )

  it.effect("are looked for less and less often, however often others are read", () =>
    Effect.gen(function* () {
      const { looks, pauseMs, setUnripe, some } = yield* looking
      const readFor = (ms: number) =>
        Effect.repeatN(Effect.zipRight(TestClock.adjust("10 millis"), some), ms / 10 - 1)
      yield* some
      expect(yield* pauseMs).toBe(Number.POSITIVE_INFINITY)
      yield* setUnripe(waiting(1))
      expect(yield* pauseMs).toBe(100)
      yield* readFor(90)
      expect(yield* looks).toHaveLength(0)
      yield* readFor(10)
      expect(yield* looks).toHaveLength(1)
      expect(yield* pauseMs).toBe(200)
      yield* readFor(3000)
      expect((yield* looks).length).toBe(5)
      yield* setUnripe(waiting(1), waiting(2))
      expect(yield* pauseMs).toBeLessThanOrEqual(100)
    })
  )
})
