import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as JournalSqlite from "../../src/layers/JournalSqlite.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import { NO_LANDMARKS } from "../../src/schemas/Landmark.ts"
import { Journal } from "../../src/services/Journal.ts"

const journal = JournalSqlite.layer.pipe(Layer.provideMerge(Database.memory))

/** Runs a statement on the store itself. */
const onStore = <Row>(use: (database: Database.Database["Type"]) => Row) =>
  Effect.flatMap(Database.Database, (database) => database.read(() => use(database)))

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
        const { advance, begin, cursor } = yield* Journal
        yield* begin("default", { rowId: 10, baselineAt: 99 })
        for (const row of advances) yield* advance("default", row, NO_LANDMARKS)
        expect(yield* cursor("default")).toEqual(Option.some({ rowId, baselineAt: 99 }))
      }).pipe(Effect.provide(journal))
    )
  }

  it.effect("is none before the first start", () =>
    Effect.gen(function* () {
      const { cursor } = yield* Journal
      expect(yield* cursor("default")).toEqual(Option.none())
    }).pipe(Effect.provide(journal))
  )

  it.effect("is not begun by a move", () =>
    Effect.gen(function* () {
      const { advance, cursor } = yield* Journal
      yield* advance("default", 5, NO_LANDMARKS)
      expect(yield* cursor("default")).toEqual(Option.none())
    }).pipe(Effect.provide(journal))
  )

  it.effect("may be without a baseline", () =>
    Effect.gen(function* () {
      const { begin, cursor } = yield* Journal
      yield* begin("default", { rowId: 0, baselineAt: undefined })
      expect(yield* cursor("default")).toEqual(Option.some({ rowId: 0, baselineAt: undefined }))
    }).pipe(Effect.provide(journal))
  )

  it.effect("is kept with what its database is known by", () =>
    Effect.gen(function* () {
      const { advance, begin, landmarks } = yield* Journal
      const rows = [{ rowId: 9, guid: "g-9", chatId: 7, sentAt: 5 }]
      expect(yield* landmarks("default")).toEqual(NO_LANDMARKS)
      yield* begin("default", { rowId: 10, baselineAt: 99 })
      expect(yield* landmarks("default")).toEqual(NO_LANDMARKS)
      yield* advance("default", 11, { rows, newestAt: 6 })
      expect(yield* landmarks("default")).toEqual({ rows, newestAt: 6 })
      yield* advance("default", 12, { rows, newestAt: 7 })
      expect(yield* landmarks("default")).toEqual({ rows, newestAt: 7 })
      yield* begin("default", { rowId: 3, baselineAt: 99 }, { rows: [], newestAt: 8 })
      expect(yield* landmarks("default")).toEqual({ rows: [], newestAt: 8 })
      yield* advance("default", 4, { rows, newestAt: 9 })
      expect(yield* landmarks("default")).toEqual({ rows, newestAt: 9 })
    }).pipe(Effect.provide(journal))
  )

  it.effect("is its own: another account's does not move with it", () =>
    Effect.gen(function* () {
      const { advance, begin, cursor } = yield* Journal
      yield* begin("default", { rowId: 1, baselineAt: undefined })
      yield* begin("other", { rowId: 1, baselineAt: undefined })
      yield* advance("other", 9, NO_LANDMARKS)
      expect(Option.map(yield* cursor("default"), ({ rowId }) => rowId)).toEqual(Option.some(1))
    }).pipe(Effect.provide(journal))
  )
})

describe("a journal whose store is broken", () => {
  const broken = (sql: string) => onStore(({ prepare }) => prepare(sql).run())

  it.effect("says so, and which file it is", () =>
    Effect.gen(function* () {
      const { cursor } = yield* Journal
      yield* broken("DROP TABLE cursors")
      const error = yield* Effect.flip(cursor("default"))
      expect(error).toMatchObject({
        _tag: "StoreUnavailable",
        file: ":memory:",
        detail: "no such table: cursors"
      })
    }).pipe(Effect.provide(journal))
  )
})
