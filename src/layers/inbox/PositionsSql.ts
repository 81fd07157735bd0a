/** The Positions in the gateway's store. */
import { Effect, Layer, Option, Schema } from "effect"
import { Landmark, NO_LANDMARKS } from "../../schemas/Landmark.ts"
import { UnripeRows } from "../../schemas/UnripeRow.ts"
import { Positions } from "../../services/Positions.ts"
import { Database } from "../database/Database.ts"
import { makeReplaced } from "./replaced.ts"

interface Row {
  readonly row_id: number
  readonly baseline_at: number | null
  readonly newest_at: number | null
  readonly landmarks: string
  readonly unripe: string
  readonly clock_behind_ms: number
}

const LandmarksJson = Schema.parseJson(Schema.Array(Landmark))
const encodeLandmarks = Schema.encodeSync(LandmarksJson)
const decodeLandmarks = Schema.decodeSync(LandmarksJson)

const encodeUnripe = Schema.encodeSync(UnripeRows)
const decodeUnripe = Schema.decodeSync(UnripeRows)

const make = Effect.gen(function* () {
  const database = yield* Database
  const select = database.prepare<Row>("SELECT * FROM cursors WHERE account_id = ?")
  const put = database.prepare(
    "INSERT OR REPLACE INTO cursors (account_id, row_id, baseline_at, newest_at, landmarks) VALUES (?, ?, ?, ?, ?)"
  )
  const replaced = makeReplaced(database)
  const decide = database.prepare(`
    INSERT INTO decisions (account_id, row_id, guid, chat_id, at, fate) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, row_id) DO UPDATE SET at = excluded.at, fate = excluded.fate, chat_id = excluded.chat_id`)
  const move = database.prepare(
    "UPDATE cursors SET row_id = max(row_id, ?), newest_at = ? WHERE account_id = ?"
  )
  const setLandmarks = database.prepare("UPDATE cursors SET landmarks = ? WHERE account_id = ?")
  const setUnripe = database.prepare("UPDATE cursors SET unripe = ? WHERE account_id = ?")
  const setClock = database.prepare("UPDATE cursors SET clock_behind_ms = ? WHERE account_id = ?")
  /** What is stored of each account: landmarks change less often than the cursor, and rows are seldom unripe. */
  const stored = new Map<string, { readonly landmarks: unknown; readonly unripe: string }>()

  return Positions.of({
    get: (accountId) =>
      database.read(() =>
        Option.map(Option.fromNullable(select.get(accountId)), (row) => ({
          cursor: { rowId: row.row_id, baselineAt: row.baseline_at ?? undefined },
          landmarks: { rows: decodeLandmarks(row.landmarks), newestAt: row.newest_at ?? undefined },
          unripe: decodeUnripe(row.unripe),
          clockBehindMs: row.clock_behind_ms
        }))
      ),
    begin: (accountId, { baselineAt, rowId }, { newestAt, rows } = NO_LANDMARKS) =>
      database.write(() => {
        if (select.get(accountId) !== undefined) replaced(accountId)
        stored.delete(accountId)
        put.run(accountId, rowId, baselineAt ?? null, newestAt ?? null, encodeLandmarks(rows))
      }),
    advance: (accountId, { decided = [], landmarks: { newestAt, rows }, rowId, unripe: waiting }) => {
      const unripe = waiting.length === 0 ? "[]" : encodeUnripe(waiting)
      return database
        .write(() => {
          const before = stored.get(accountId)
          move.run(rowId, newestAt ?? null, accountId)
          if (before?.landmarks !== rows) setLandmarks.run(encodeLandmarks(rows), accountId)
          if (before?.unripe !== unripe) setUnripe.run(unripe, accountId)
          for (const { at, chatId, fate, guid, rowId: row } of decided)
            decide.run(accountId, row, guid, chatId, at, fate)
        })
        .pipe(
          Effect.tap(() => Effect.sync(() => stored.set(accountId, { landmarks: rows, unripe }))),
          // What was written must be known as such, whoever waits for it.
          Effect.uninterruptible
        )
    },
    setClockBehind: (accountId, behindMs) =>
      database.write(() => {
        setClock.run(Math.trunc(behindMs), accountId)
      })
  })
})

export const layer: Layer.Layer<Positions, never, Database> = Layer.effect(Positions, make)
