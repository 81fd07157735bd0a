/**
 * Staged files in the store that the hosts share, each in pieces: a whole file in one write would hold up the writes of all
 * hosts, and in one value it would lie in memory several times. A file is there once its row is, which is written last.
 */
import { randomUUID } from "node:crypto"
import { Clock, Effect, Option } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"

/** A file as it is known in the store. */
export interface StoredFile {
  /** Names its pieces: whoever stages the place again writes others. */
  readonly copy: string
  readonly size: number
  /** In hex. */
  readonly sha256: string
}

/** Where a file belongs: its place among those of a delivery, and what it is called. */
export interface Place {
  readonly deliveryId: string
  readonly place: number
  readonly name: string
}

/** A copy that is being written. */
interface NewCopy {
  /** Writes the next piece. */
  readonly add: (bytes: Uint8Array) => Effect.Effect<void, StoreUnavailable>
  /** Makes the pieces the file of a place, instead of those that were. */
  readonly keep: (place: Place, file: Omit<StoredFile, "copy">) => Effect.Effect<void, StoreUnavailable>
  /** Removes the pieces that were written. */
  readonly drop: Effect.Effect<void, StoreUnavailable>
}

/** Rows that are removed in one write. */
const BATCH = 20
/** Pieces that are removed in one write. */
const PIECES = 200
/** A copy that was begun so long ago is not being written any more, in ms. */
const BEGUN_MS = 3_600_000

/** How pieces are written. */
const makeCopies = Effect.gen(function* () {
  const database = yield* Database
  const insertPiece = database.prepare(
    "INSERT INTO staged_pieces (copy, number, kept_at, bytes) VALUES (?, ?, ?, ?)"
  )
  const dropPieces = database.prepare("DELETE FROM staged_pieces WHERE copy = ?")
  const dropReplaced = database.prepare(`
    DELETE FROM staged_pieces WHERE copy IN (
      SELECT copy FROM staged_files WHERE delivery_id = ? AND place = ?)`)
  const put = database.prepare(`
    INSERT INTO staged_files (delivery_id, place, name, copy, size, sha256, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (delivery_id, place) DO UPDATE SET name = excluded.name, copy = excluded.copy, size = excluded.size,
      sha256 = excluded.sha256, kept_at = excluded.kept_at`)

  return Effect.sync((): NewCopy => {
    const copy = randomUUID()
    let number = 0
    return {
      add: (bytes) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const next = number++
          return database.write(() => insertPiece.run(copy, next, now, bytes))
        }),
      keep: ({ deliveryId, name, place }, { sha256, size }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          database.write(function* () {
            yield* dropReplaced.run(deliveryId, place)
            yield* put.run(deliveryId, place, name, copy, size, sha256, now)
          })
        ),
      drop: Effect.asVoid(database.write(() => dropPieces.run(copy)))
    }
  })
})

/** How files are removed. */
const makeRemoval = Effect.gen(function* () {
  const database = yield* Database
  const dropPieces = database.prepare(
    "DELETE FROM staged_pieces WHERE copy IN (SELECT copy FROM staged_files WHERE delivery_id = ?)"
  )
  const drop = database.prepare("DELETE FROM staged_files WHERE delivery_id = ?")
  const selectOthers = database.prepare<{ readonly id: string }>(`
    SELECT delivery_id AS id FROM staged_files
    WHERE kept_at < ? AND delivery_id NOT IN (SELECT value FROM json_each(?))
    ORDER BY kept_at LIMIT ${BATCH}`)
  const dropBegun = database.prepare(`
    DELETE FROM staged_pieces WHERE (copy, number) IN (
      SELECT copy, number FROM staged_pieces WHERE kept_at < ? AND NOT EXISTS (
        SELECT 1 FROM staged_files WHERE staged_files.copy = staged_pieces.copy)
      LIMIT ${PIECES})`)
  const selectIds = database.prepare<{ readonly id: string }>(
    "SELECT DISTINCT delivery_id AS id FROM staged_files"
  )

  const selectWanting = database.prepare(`
    SELECT 1 FROM outbox WHERE delivery_id = $id UNION ALL SELECT 1 FROM dead_letters WHERE id = $id LIMIT 1`)

  const releasing = (deliveryId: string): Step<number> => ({
    *[Symbol.iterator]() {
      yield* dropPieces.run(deliveryId)
      return (yield* drop.run(deliveryId)).changes
    }
  })
  const release = (deliveryId: string) => database.write(() => releasing(deliveryId))

  return {
    /** The deliveries of which there are files. */
    deliveries: database.read(function* () {
      return new Set((yield* selectIds.all()).map(({ id }) => id))
    }),
    /** Removes the files of a delivery. */
    release,
    /** Removes those of one that is neither in the outbox nor a dead letter. */
    releaseUnknown: (deliveryId: string) =>
      database.write(function* () {
        return (yield* selectWanting.get({ id: deliveryId })) === undefined ? yield* releasing(deliveryId) : 0
      }),
    /** Removes those that were staged before a time (Unix ms) for other deliveries, and what was begun and left. */
    releaseOthers: (keep: ReadonlySet<string>, before: number) =>
      Effect.gen(function* () {
        const kept = JSON.stringify([...keep])
        const released = new Set<string>()
        const releaseSome = Effect.gen(function* () {
          const rows = yield* database.read(() => selectOthers.all(before, kept))
          for (const { id } of rows) {
            yield* release(id)
            released.add(id)
          }
          return rows.length === BATCH
        })
        yield* Effect.repeat(releaseSome, { while: (isMore) => isMore })
        const begun = (yield* Clock.currentTimeMillis) - BEGUN_MS
        yield* Effect.repeat(
          Effect.map(
            database.write(() => dropBegun.run(begun)),
            ({ changes }) => changes
          ),
          { while: (changes) => changes === PIECES }
        )
        return released.size
      })
  }
})

export const make = Effect.gen(function* () {
  const database = yield* Database
  const select = database.prepare<StoredFile>(
    "SELECT copy, size, sha256 FROM staged_files WHERE delivery_id = ? AND place = ? AND name = ?"
  )
  const selectPiece = database.prepare<{ readonly bytes: Uint8Array }>(
    "SELECT bytes FROM staged_pieces WHERE copy = ? AND number = ?"
  )
  return {
    newCopy: yield* makeCopies,
    ...(yield* makeRemoval),
    find: ({ deliveryId, name, place }: Place) =>
      Effect.map(
        database.read(() => select.get(deliveryId, place, name)),
        Option.fromNullable
      ),
    /** A piece of a copy, by its number from 0; none behind the last, or once the copy was replaced or released. */
    piece: (copy: string, number: number) =>
      Effect.map(
        database.read(() => selectPiece.get(copy, number)),
        (row) => Option.fromNullable(row?.bytes)
      )
  }
})
