/**
 * `@effect/sql` over a file, for the simulator and for the tests that hold the gateway's storage against the stock
 * one. The gateway's own store is `Database`, which writes in one synchronous step.
 */
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import type * as SqlConnection from "@effect/sql/SqlConnection"
import { SqlError } from "@effect/sql/SqlError"
import * as Statement from "@effect/sql/Statement"
import { Cache, Context, Duration, Effect, Layer, Stream } from "effect"
import type { Value } from "../database/Step.ts"
import * as Sqlite from "./Sqlite.ts"

/** Statements that are kept prepared. */
const PREPARED = 200
/** How long a statement waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT_MS = 5000

const failed = (cause: unknown) => new SqlError({ cause, message: "The statement failed" })

const isValue = (value: unknown): value is Value =>
  value === null ||
  typeof value === "string" ||
  typeof value === "number" ||
  typeof value === "bigint" ||
  value instanceof Uint8Array

type Row = Readonly<Record<string, unknown>>

const makeConnection = (connection: Sqlite.Connection) =>
  Effect.gen(function* () {
    const prepared = (readsBigInts: boolean) =>
      Cache.make({
        capacity: PREPARED,
        timeToLive: Duration.infinity,
        lookup: (sql: string) =>
          Effect.try({
            try: () => {
              const statement = connection.prepare<Row>(sql)
              statement.setReadBigInts(readsBigInts)
              return statement
            },
            catch: failed
          })
      })
    const numbers = yield* prepared(false)
    const bigInts = yield* prepared(true)

    const rows = (sql: string, params: ReadonlyArray<unknown>) =>
      Effect.gen(function* () {
        const statement = yield* ((yield* SqlClient.SafeIntegers) ? bigInts : numbers).get(sql)
        if (!params.every(isValue))
          return yield* Effect.fail(failed(new TypeError("a value cannot be bound")))
        return yield* Effect.try({ try: () => statement.all(...params), catch: failed })
      })
    const execute: SqlConnection.Connection["execute"] = (sql, params, transformRows) =>
      transformRows === undefined ? rows(sql, params) : Effect.map(rows(sql, params), transformRows)

    return {
      execute,
      executeUnprepared: execute,
      executeRaw: rows,
      // By the names of their columns, which must therefore differ.
      executeValues: (sql, params) => Effect.map(rows(sql, params), (all) => all.map(Object.values)),
      executeStream: (sql, params, transformRows) =>
        Stream.fromIterableEffect(execute(sql, params, transformRows))
    } satisfies SqlConnection.Connection
  })

/** Opens the file, with a write-ahead log unless it is only read. Fails with what SQLite threw. */
export const layer = (
  file: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {}
): Layer.Layer<SqlClient.SqlClient, unknown> =>
  Layer.scopedContext(
    Effect.gen(function* () {
      const sqlite = yield* Sqlite.connect(file, { readOnly, busyTimeoutMs: BUSY_TIMEOUT_MS })
      if (!readOnly) {
        yield* Effect.try({ try: () => sqlite.exec("PRAGMA journal_mode = WAL"), catch: (error) => error })
      }
      const connection = yield* makeConnection(sqlite)
      const semaphore = yield* Effect.makeSemaphore(1)
      const client = yield* SqlClient.make({
        compiler: Statement.makeCompilerSqlite(),
        spanAttributes: [["db.system.name", "sqlite"]],
        acquirer: semaphore.withPermits(1)(Effect.succeed(connection)),
        // A transaction has the connection for itself until its scope closes.
        transactionAcquirer: Effect.acquireRelease(Effect.interruptible(semaphore.take(1)), () =>
          semaphore.release(1)
        ).pipe(Effect.as(connection))
      })
      return Context.make(SqlClient.SqlClient, client)
    })
  ).pipe(Layer.provide(Reactivity.layer))
