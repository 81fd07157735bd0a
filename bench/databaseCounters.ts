/** What PostgreSQL counts, and who waits there. */
import { Effect, Redacted, Schedule } from "effect"
import pg from "pg"
import { WRITERS } from "../src/layers/postgres/turn.ts"
import type { Server } from "../test/support/postgres.ts"

/** What a database has counted so far, and how it is now. */
export interface Counters {
  /** Transactions; each statement that is alone is one. */
  readonly commits: number
  /** Rows that were inserted, updated or deleted. */
  readonly rows: number
  /** Bytes of the whole server's log of writes. */
  readonly logged: number
  readonly connections: number
  /** When it was asked, in milliseconds of `performance.now`. */
  readonly at: number
}

const NOTHING = { commits: 0, rows: 0, logged: 0, connections: 0 }

export const countersOf = (server: Server, database: string): Effect.Effect<Counters> =>
  server
    .query<Omit<Counters, "at">>(
      "postgres",
      `SELECT CAST(xact_commit AS FLOAT8) AS commits,
        CAST(tup_inserted + tup_updated + tup_deleted AS FLOAT8) AS rows,
        CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS FLOAT8) AS logged,
        (SELECT CAST(count(*) AS FLOAT8) FROM pg_stat_activity WHERE datname = '${database}') AS connections
      FROM pg_stat_database WHERE datname = '${database}'`
    )
    .pipe(
      // The server's processes tell of what they did once a second.
      Effect.delay("1500 millis"),
      Effect.map(([row]) => ({ ...(row ?? NOTHING), at: performance.now() }))
    )

const LOOK_EVERY = "20 millis"

interface Turns {
  readonly held: boolean
}

/**
 * The share (0 to 1) of the time of an effect in which somebody had the one turn to write of a database. Looked at again and
 * again by a connection of its own.
 */
export const busyTurnDuring =
  (server: Server, database: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const client = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const made = new pg.Client({ connectionString: Redacted.value(server.url("postgres")) })
          await made.connect()
          return made
        }),
        (made) => Effect.promise(() => made.end())
      )
      let looks = 0
      let held = 0
      const look = Effect.promise(() =>
        client.query<Turns>(
          `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = ${WRITERS}
            AND database = (SELECT oid FROM pg_database WHERE datname = '${database}')) AS held`
        )
      ).pipe(
        Effect.tap(({ rows: [row] }) =>
          Effect.sync(() => {
            looks++
            if (row?.held === true) held++
          })
        )
      )
      yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced(LOOK_EVERY)))
      const value = yield* effect
      return { value, share: looks === 0 ? 0 : held / looks }
    }).pipe(Effect.scoped)
