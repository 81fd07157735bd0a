/**
 * SQLite: Node's own (`node:sqlite`, from 22.13 on), and where Node has none a prebuilt stand-in of the same
 * interface. Nothing else knows which of the two it is, and nothing is built on install.
 */
import { existsSync } from "node:fs"
import { createRequire, isBuiltin } from "node:module"
import { fileURLToPath } from "node:url"
import { Effect, Predicate, type Scope } from "effect"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import type { Bound } from "../database/Step.ts"

/** A prepared statement. `Row` is what it selects, by the names of its columns; nothing checks that. */
export interface Statement<Row = never> {
  /** The first row. */
  readonly get: (...bound: Bound) => Row | undefined
  readonly all: (...bound: Bound) => Array<Row>
  /** How many rows were written. */
  readonly run: (...bound: Bound) => { readonly changes: number }
  /** Whether integers are read as bigints. Else they are numbers, and one that no number can be is a failure. */
  readonly setReadBigInts: (enabled: boolean) => void
}

export interface Connection {
  readonly prepare: <Row = never>(sql: string) => Statement<Row>
  /** Runs statements whose results nobody wants. */
  readonly exec: (sql: string) => void
  /** Whether a transaction is open: SQLite ends one by itself where the disk fails it. */
  readonly isTransaction: boolean
  readonly close: () => void
}

/** Opens a file. Throws SQLite's failure. */
type Open = (file: string, options: { readonly readOnly: boolean }) => Connection

interface Module {
  readonly DatabaseSync: new (...args: Parameters<Open>) => Connection
}

const NATIVE = "node:sqlite"
/** Beside the built program, since it is not installed with it: see scripts/build/sqlite.mjs. */
const BUILT_STAND_IN = new URL("./sqlite/lib/index.cjs", import.meta.url)
const STAND_IN = "@photostructure/sqlite"

/**
 * Node's own SQLite ends its statements with the connection, and who closes a file last folds the log into it. The
 * stand-in's statements live until they are collected, so it is asked for the same before: it leaves the log alone
 * where another process has the file too.
 */
const closingLast = (connection: Connection): Connection => ({
  prepare: (sql) => connection.prepare(sql),
  exec: (sql) => connection.exec(sql),
  get isTransaction() {
    return connection.isTransaction
  },
  close: () => {
    try {
      connection.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE")
    } catch {
      // The log is folded in by who opens the file next.
    }
    connection.close()
  }
})

const reasonOf = (error: unknown): string => messageOf(error).replaceAll(/\s+/gu, " ")

/** Node 22 calls its SQLite experimental, which says nothing to somebody who runs a gateway. */
const withoutWarnings = <A>(load: () => A): A => {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}

const require = createRequire(import.meta.url)

const load = (): Open => {
  if (isBuiltin(NATIVE)) {
    const { DatabaseSync }: Module = withoutWarnings(() => require(NATIVE))
    return (file, options) => new DatabaseSync(file, options)
  }
  try {
    const standIn = existsSync(BUILT_STAND_IN) ? fileURLToPath(BUILT_STAND_IN) : STAND_IN
    const { DatabaseSync }: Module = require(standIn)
    return (file, options) => {
      const connection = new DatabaseSync(file, options)
      return options.readOnly ? connection : closingLast(connection)
    }
  } catch (error) {
    throw new Error(
      `Node ${process.versions.node} has no SQLite of its own, and what stands in for it does not load: ${reasonOf(error)}`
    )
  }
}

let openFile: Open | undefined

export interface Options {
  readonly readOnly?: boolean
  /** How long a statement waits for another process that holds the file, in milliseconds. */
  readonly busyTimeoutMs?: number
}

const open = (file: string, { busyTimeoutMs = 0, readOnly = false }: Options): Connection => {
  openFile ??= load()
  const connection = openFile(file, { readOnly })
  connection.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
  return connection
}

/** A connection until the scope closes. Fails with what SQLite threw. */
export const connect = (
  file: string,
  options: Options = {}
): Effect.Effect<Connection, unknown, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({ try: () => open(file, options), catch: (error) => error }),
    (connection) => Effect.sync(() => connection.close())
  )

/** Fails, with the reason in a line, where there is no SQLite. */
export const available: Effect.Effect<void, string> = Effect.scoped(
  Effect.asVoid(Effect.mapError(connect(":memory:"), reasonOf))
)

/** Runs statements in one transaction, which has the right to write from its beginning: all of them, or none. */
export const transaction = <A>(connection: Connection, statements: () => A): A => {
  connection.exec("BEGIN IMMEDIATE")
  try {
    const result = statements()
    connection.exec("COMMIT")
    return result
  } catch (error) {
    if (connection.isTransaction) connection.exec("ROLLBACK")
    throw error
  }
}

/** SQLite's own words for the results that this program tells apart. */
const RESULTS: ReadonlyMap<string, number> = new Map([
  ["database is locked", 5],
  ["attempt to write a readonly database", 8],
  ["disk I/O error", 10],
  ["database disk image is malformed", 11],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["file is not a database", 26]
])

/** SQLite's primary result code (https://sqlite.org/rescode.html), where SQLite is what failed. */
export const resultCode = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !Predicate.hasProperty(error, "code")) return undefined
  if (error.code !== "ERR_SQLITE_ERROR") return undefined
  return Predicate.hasProperty(error, "errcode") && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : // The stand-in leaves it out where all rows were asked for.
      RESULTS.get(error.message)
}
