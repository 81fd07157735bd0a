/** SQLite files beside whoever works with them: the store of a gateway, and Messages' database. */
import { Effect } from "effect"
import * as Sqlite from "../../src/layers/sqlite/Sqlite.ts"

/** Uses a file for a moment; what SQLite has against it is a defect. */
export const withSqlite = <A>(
  file: string,
  use: (connection: Sqlite.Connection) => A,
  options?: Sqlite.Options
): Effect.Effect<A> =>
  Sqlite.connect(file, options).pipe(
    Effect.flatMap((connection) => Effect.sync(() => use(connection))),
    Effect.scoped,
    Effect.orDie
  )

/** What a statement selects from a file, which is only read. */
export const selectFrom = <Row>(file: string, sql: string): Effect.Effect<ReadonlyArray<Row>> =>
  withSqlite(file, (connection) => connection.prepare<Row>(sql).all(), {
    readOnly: true,
    busyTimeoutMs: 5000
  })

/** The number that a statement selects under the name `n`. */
export const countIn = (file: string, sql: string): Effect.Effect<number> =>
  Effect.map(selectFrom<{ readonly n: number }>(file, sql), ([row]) => row?.n ?? 0)
