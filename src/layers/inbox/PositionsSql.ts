/** The Positions in the gateway's store. */
import { Effect, Layer, Option, Schema } from "effect"
import { Landmark, NO_LANDMARKS } from "../../schemas/Landmark.ts"
import { UnripeRows } from "../../schemas/UnripeRow.ts"
import { Positions } from "../../services/Positions.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"
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
  // All that was known of the database that was there before is forgotten.
  const put = database.prepare(`
    INSERT INTO cursors (account_id, row_id, baseline_at, newest_at, landmarks) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE SET
      row_id = excluded.row_id, baseline_at = excluded.baseline_at, newest_at = excluded.newest_at,
      landmarks = excluded.landmarks, unripe = excluded.unripe, clock_behind_ms = excluded.clock_behind_ms`)
  const replaced = makeReplaced(database)
  const decide = database.prepare(`
    INSERT INTO decisions (account_id, row_id, guid, chat_id, at, fate) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, row_id) DO UPDATE SET at = excluded.at, fate = excluded.fate, chat_id = excluded.chat_id`)
  const move = database.prepare(
    "UPDATE cursors SET row_id = CASE WHEN row_id < $row THEN $row ELSE row_id END, newest_at = $newest WHERE account_id = $account"
  )
  const setLandmarks = database.prepare("UPDATE cursors SET landmarks = ? WHERE account_id = ?")
  const setUnripe = database.prepare("UPDATE cursors SET unripe = ? WHERE account_id = ?")
  const setClock = database.prepare("UPDATE cursors SET clock_behind_ms = ? WHERE account_id = ?")
  /** What is stored of each account: landmarks change less often than the cursor, and rows are seldom unripe. */
  const stored = new Map<string, { readonly landmarks: unknown; readonly unripe: string }>()

  const forgetStored = (accountId: string) => Effect.sync(() => stored.delete(accountId))

  return Positions.of({
    get: (accountId) =>
      Effect.tap(
        database.read(() =>
          Step.map(select.get(accountId), (found) =>
            Option.map(Option.fromNullable(found), (row) => ({
              cursor: { rowId: row.row_id, baselineAt: row.baseline_at ?? undefined },
              landmarks: { rows: decodeLandmarks(row.landmarks), newestAt: row.newest_at ?? undefined },
              unripe: decodeUnripe(row.unripe),
              clockBehindMs: row.clock_behind_ms
            }))
          )
        ),
        // Another host may have had the account since.
        () => forgetStored(accountId)
      ),
    begin: (accountId, { baselineAt, rowId }, { newestAt, rows } = NO_LANDMARKS) =>
      Effect.zipRight(
        // Before the write, which may be done though nobody hears of it.
        forgetStored(accountId),
        database.write(function* () {
          if ((yield* select.get(accountId)) !== undefined) yield* replaced(accountId)
          yield* put.run(accountId, rowId, baselineAt ?? null, newestAt ?? null, encodeLandmarks(rows))
        })
      ),
    advance: (accountId, { decided = [], landmarks: { newestAt, rows }, rowId, unripe: waiting }) => {
      const unripe = waiting.length === 0 ? "[]" : encodeUnripe(waiting)
      return database
        .write(function* () {
          const before = stored.get(accountId)
          yield* move.run({ row: rowId, newest: newestAt ?? null, account: accountId })
          if (before?.landmarks !== rows) yield* setLandmarks.run(encodeLandmarks(rows), accountId)
          if (before?.unripe !== unripe) yield* setUnripe.run(unripe, accountId)
          for (const { at, chatId, fate, guid, rowId: row } of decided)
            yield* decide.run(accountId, row, guid, chatId, at, fate)
        })
        .pipe(
          Effect.tap(() => Effect.sync(() => stored.set(accountId, { landmarks: rows, unripe }))),
          // What was written must be known as such, whoever waits for it.
          Effect.uninterruptible
        )
    },
    setClockBehind: (accountId, behindMs) =>
      Effect.asVoid(database.write(() => setClock.run(Math.trunc(behindMs), accountId)))
  })
})

export const layer: Layer.Layer<Positions, never, Database> = Layer.effect(Positions, make)
