import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import { NO_LANDMARKS } from "../../../src/schemas/Landmark.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { database, describe } from "../../support/databases.ts"

const positions = Layer.provide(PositionsSql.layer, database)

const to = (rowId: number, landmarks = NO_LANDMARKS) => ({ rowId, landmarks, unripe: [] })

describe("the cursor of an account", () => {
  const moves = [
    { what: "is what it began with", advances: [], rowId: 10 },
    { what: "moves forward", advances: [11, 15], rowId: 15 },
    { what: "never moves back", advances: [15, 11], rowId: 15 },
    { what: "does not move back before its beginning", advances: [3], rowId: 10 },
    { what: "stays where the same row comes again", advances: [12, 12], rowId: 12 }
  ]
  for (const { advances, rowId, what } of moves) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { advance, begin, get } = yield* Positions
        yield* begin("default", { rowId: 10, baselineAt: 99 })
        for (const row of advances) yield* advance("default", to(row))
        expect(Option.getOrThrow(yield* get("default")).cursor).toEqual({ rowId, baselineAt: 99 })
      }).pipe(Effect.provide(positions))
    )
  }

  it.effect("is none before the first start", () =>
    Effect.gen(function* () {
      const { get } = yield* Positions
      expect(yield* get("default")).toEqual(Option.none())
    }).pipe(Effect.provide(positions))
  )

  it.effect("is not begun by a move", () =>
    Effect.gen(function* () {
      const { advance, get } = yield* Positions
      yield* advance("default", to(5))
      expect(yield* get("default")).toEqual(Option.none())
    }).pipe(Effect.provide(positions))
  )

  it.effect("may be without a baseline", () =>
    Effect.gen(function* () {
      const { begin, get } = yield* Positions
      yield* begin("default", { rowId: 0, baselineAt: undefined })
      expect(Option.getOrThrow(yield* get("default")).cursor).toEqual({ rowId: 0, baselineAt: undefined })
    }).pipe(Effect.provide(positions))
  )

  it.effect("is kept with what its database is known by", () =>
    Effect.gen(function* () {
      const { advance, begin, get } = yield* Positions
      const rows = [{ rowId: 9, guid: "g-9", chatId: 7, sentAt: 5 }]
      yield* begin("default", { rowId: 10, baselineAt: 99 })
      expect(Option.getOrThrow(yield* get("default")).landmarks).toEqual(NO_LANDMARKS)
      yield* advance("default", to(11, { rows, newestAt: 6 }))
      expect(Option.getOrThrow(yield* get("default")).landmarks).toEqual({ rows, newestAt: 6 })
      yield* advance("default", to(12, { rows, newestAt: 7 }))
      expect(Option.getOrThrow(yield* get("default")).landmarks).toEqual({ rows, newestAt: 7 })
      yield* begin("default", { rowId: 3, baselineAt: 99 }, { rows: [], newestAt: 8 })
      expect(Option.getOrThrow(yield* get("default")).landmarks).toEqual({ rows: [], newestAt: 8 })
      yield* advance("default", to(4, { rows, newestAt: 9 }))
      expect(Option.getOrThrow(yield* get("default")).landmarks).toEqual({ rows, newestAt: 9 })
    }).pipe(Effect.provide(positions))
  )

  it.effect("is its own: another account's does not move with it", () =>
    Effect.gen(function* () {
      const { advance, begin, get } = yield* Positions
      yield* begin("default", { rowId: 1, baselineAt: undefined })
      yield* begin("other", { rowId: 1, baselineAt: undefined })
      yield* advance("other", to(9))
      expect(Option.getOrThrow(yield* get("default")).cursor.rowId).toBe(1)
    }).pipe(Effect.provide(positions))
  )
})

describe("what is unripe", () => {
  const rows = [
    { rowId: 11, guid: "g-11", until: 500 },
    { rowId: 12, guid: "g-12", until: 600, chatId: 7 }
  ]

  it.effect("is kept with the cursor, until it is not any more", () =>
    Effect.gen(function* () {
      const { advance, begin, get } = yield* Positions
      const unripe = Effect.map(get("default"), (found) => Option.getOrThrow(found).unripe)
      yield* begin("default", { rowId: 10, baselineAt: 99 })
      expect(yield* unripe).toEqual([])
      yield* advance("default", { ...to(12), unripe: rows })
      expect(yield* unripe).toEqual(rows)
      yield* advance("default", { ...to(13), unripe: rows })
      expect(yield* unripe).toEqual(rows)
      yield* advance("default", to(13))
      expect(yield* unripe).toEqual([])
    }).pipe(Effect.provide(positions))
  )

  it.effect("means nothing in another database", () =>
    Effect.gen(function* () {
      const { advance, begin, get } = yield* Positions
      yield* begin("default", { rowId: 10, baselineAt: 99 })
      yield* advance("default", { ...to(12), unripe: rows })
      yield* begin("default", { rowId: 3, baselineAt: 99 })
      expect(Option.getOrThrow(yield* get("default")).unripe).toEqual([])
      yield* advance("default", { ...to(12), unripe: rows })
      expect(Option.getOrThrow(yield* get("default")).unripe).toEqual(rows)
    }).pipe(Effect.provide(positions))
  )
})
