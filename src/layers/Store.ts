/** The gateway's SQLite file: one connection for the cluster's tables and for the gateway's own. */
import { FileSystem } from "@effect/platform"
import { Migrator, SqlClient, type SqlError } from "@effect/sql"
import { SqliteClient } from "@effect/sql-sqlite-node"
import { Cause, Effect, Layer } from "effect"
import { StoreUnavailable } from "../schemas/Errors.ts"

const migrations = Migrator.fromRecord({
  "0001_create": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE cursors (
      account_id TEXT PRIMARY KEY,
      row_id INTEGER NOT NULL,
      baseline_at INTEGER
    ) STRICT`
    yield* sql`CREATE TABLE history (
      account_id TEXT NOT NULL,
      chat_id INTEGER NOT NULL,
      row_id INTEGER NOT NULL,
      guid TEXT NOT NULL,
      sender TEXT NOT NULL,
      sender_name TEXT,
      text TEXT NOT NULL,
      PRIMARY KEY (account_id, chat_id, row_id, guid)
    ) STRICT, WITHOUT ROWID`
    yield* sql`CREATE TABLE parts (
      delivery_id TEXT NOT NULL,
      part_index INTEGER NOT NULL,
      account_id TEXT NOT NULL,
      part TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('Queued', 'Sending', 'Sent', 'Uncertain', 'Failed')),
      tries INTEGER NOT NULL DEFAULT 0,
      tried_at INTEGER,
      after_row_id INTEGER,
      guid TEXT,
      row_id INTEGER,
      detail TEXT,
      PRIMARY KEY (delivery_id, part_index)
    ) STRICT, WITHOUT ROWID`
    yield* sql`CREATE INDEX parts_by_guid ON parts (guid) WHERE guid IS NOT NULL`
    yield* sql`CREATE TABLE pairing_requests (
      account_id TEXT NOT NULL,
      sender TEXT NOT NULL,
      code TEXT NOT NULL UNIQUE,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL,
      PRIMARY KEY (account_id, sender)
    ) STRICT, WITHOUT ROWID`
    yield* sql`CREATE TABLE pairing_approvals (
      account_id TEXT NOT NULL,
      sender TEXT NOT NULL,
      approved_at INTEGER NOT NULL,
      PRIMARY KEY (account_id, sender)
    ) STRICT, WITHOUT ROWID`
    yield* sql`CREATE TABLE dead_letters (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      account_id TEXT NOT NULL,
      session_key TEXT NOT NULL,
      code TEXT NOT NULL,
      message TEXT NOT NULL,
      payload TEXT NOT NULL,
      buried_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`
  })
})

/** A failed statement as an error that a person can act on: SQLite's own words say what is wrong. */
export const storeError =
  (file: string) =>
  (error: SqlError.SqlError): StoreUnavailable =>
    new StoreUnavailable({ file, detail: error.cause instanceof Error ? error.cause.message : error.message })

/** A migrated store in memory, for tests. */
export const memory: Layer.Layer<SqlClient.SqlClient> = Layer.orDie(
  Layer.effectDiscard(Migrator.make({})({ loader: migrations, table: "gateway_migrations" })).pipe(
    Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" }))
  )
)

/** Before SQLite opens it: the files that SQLite puts beside it get their mode from it. */
const forOwnerOnly = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.scoped(fs.open(file, { flag: "a", mode: 0o600 }))
    yield* fs.chmod(file, 0o600)
  })

/** The store in a file, created and migrated as needed. It and what lies beside it are for its owner only. */
export const layer = (
  file: string
): Layer.Layer<SqlClient.SqlClient, StoreUnavailable, FileSystem.FileSystem> => {
  const unavailable = (cause: Cause.Cause<unknown>) => {
    const error = Cause.squash(cause)
    return new StoreUnavailable({ file, detail: error instanceof Error ? error.message : String(error) })
  }
  return Layer.effectDiscard(Migrator.make({})({ loader: migrations, table: "gateway_migrations" })).pipe(
    Layer.provideMerge(SqliteClient.layer({ filename: file })),
    Layer.provideMerge(Layer.effectDiscard(forOwnerOnly(file))),
    Layer.catchAllCause((cause) => Layer.fail(unavailable(cause)))
  )
}
