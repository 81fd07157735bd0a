/**
 * The gateway's SQLite file: one connection, on which every statement is prepared once. What is written in the same
 * moment is committed together, in one synchronous step: a commit costs more than what is in it, and nothing can
 * come between the statements of a transaction, so there is no lock to wait for.
 */
import { FileSystem } from "@effect/platform"
import Sqlite from "better-sqlite3"
import { Chunk, Context, Effect, Fiber, identity, Layer, Mailbox } from "effect"
import { StoreUnavailable } from "../../schemas/Errors.ts"
import { MIGRATIONS } from "./migrations.ts"

/** How long to wait, in milliseconds, for another process that writes: a command line beside the gateway. */
const BUSY_TIMEOUT_MS = 5000

export class Database extends Context.Tag("imsg-gateway/Database")<
  Database,
  {
    /** Prepares a statement for as long as the database is open. `Row` is what it selects. */
    readonly prepare: <Row = never>(sql: string) => Sqlite.Statement<Array<unknown>, Row>
    /** Runs statements that read, at once. */
    readonly read: <A>(statements: () => A) => Effect.Effect<A, StoreUnavailable>
    /** Runs statements that write, all or none, and is done when they are committed. */
    readonly write: <A>(statements: () => A) => Effect.Effect<A, StoreUnavailable>
  }
>() {}

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Brings the file's schema up to date. A file from a newer program is refused, not guessed at. */
const migrate = (connection: Sqlite.Database, file: string): Effect.Effect<void, StoreUnavailable> => {
  // The version is read with the file locked: another process may be at the same migration.
  const apply = connection.transaction(() => {
    const version = Number(connection.pragma("user_version", { simple: true }))
    const missing = MIGRATIONS.slice(version)
    for (const script of missing) connection.exec(script)
    if (missing.length > 0) connection.pragma(`user_version = ${MIGRATIONS.length}`)
    return version
  })
  return Effect.try({
    try: () => apply.immediate(),
    catch: (error) => new StoreUnavailable({ file, detail: detailOf(error) })
  }).pipe(
    Effect.filterOrFail(
      (version) => version <= MIGRATIONS.length,
      (version) =>
        new StoreUnavailable({
          file,
          detail: `it was written by a newer version (schema ${version}, this one knows ${MIGRATIONS.length})`
        })
    ),
    Effect.asVoid
  )
}

interface Write {
  /** Keeps what it selects for its own caller. */
  readonly statements: () => void
  readonly settle: (outcome: Effect.Effect<void, unknown>) => void
}

/** Commits together what is offered while the fibers that can run do so. */
const makeCommitter = (connection: Sqlite.Database) =>
  Effect.gen(function* () {
    const waiting = yield* Mailbox.make<Write>()
    const alone = connection.transaction((write: Write) => write.statements())
    const together = connection.transaction((writes: Chunk.Chunk<Write>) =>
      Chunk.forEach(writes, (write) => write.statements())
    )
    const commitAlone = (write: Write) =>
      write.settle(Effect.try({ try: () => alone.immediate(write), catch: identity }))
    const commitAll = (writes: Chunk.Chunk<Write>) =>
      Effect.try({ try: () => together.immediate(writes), catch: identity }).pipe(
        Effect.match({
          onSuccess: () => Chunk.forEach(writes, (write) => write.settle(Effect.void)),
          // One that fails must not take the others with it: nothing was committed, so each is tried by itself.
          onFailure: () => Chunk.forEach(writes, commitAlone)
        })
      )
    const committer = yield* waiting.takeAll.pipe(
      Effect.flatMap(([writes, isDone]) => Effect.as(commitAll(writes), isDone)),
      Effect.repeat({ until: (isDone) => isDone }),
      Effect.forkDaemon
    )
    yield* Effect.addFinalizer(() => Effect.zipRight(waiting.end, Fiber.await(committer)))

    return <A>(statements: () => A): Effect.Effect<A, unknown> =>
      Effect.async<A, unknown>((resume) => {
        let result: A
        const isTaken = waiting.unsafeOffer({
          statements: () => {
            result = statements()
          },
          settle: (outcome) => resume(Effect.map(outcome, () => result))
        })
        if (!isTaken) resume(Effect.fail(new Error("the store is closed")))
      })
  })

const make = (file: string) =>
  Effect.gen(function* () {
    const unavailable = (error: unknown) => new StoreUnavailable({ file, detail: detailOf(error) })
    const connection = yield* Effect.acquireRelease(
      Effect.try({ try: () => new Sqlite(file, { timeout: BUSY_TIMEOUT_MS }), catch: unavailable }),
      (database) => Effect.sync(() => database.close())
    )
    yield* Effect.try({
      try: () => {
        connection.pragma("journal_mode = WAL")
        // Safe against the end of the process at any moment, which is what is promised. A power failure may undo the
        // last moments, as a whole; what was sent in them cannot be undone, and the next start looks for it in vain
        // among what it wrote down. That is the price of not waiting for the disk at every step.
        connection.pragma("synchronous = NORMAL")
      },
      catch: unavailable
    })
    yield* migrate(connection, file)
    const commit = yield* makeCommitter(connection)
    return Database.of({
      prepare: (sql) => connection.prepare(sql),
      read: (statements) => Effect.try({ try: statements, catch: unavailable }),
      write: (statements) => Effect.mapError(commit(statements), unavailable)
    })
  })

/** A store in memory, for tests and for looks where there is no store yet. */
export const memory: Layer.Layer<Database> = Layer.orDie(Layer.scoped(Database, make(":memory:")))

/** The store in a file, created and migrated as needed; the file is for its owner only. */
export const layer = (file: string): Layer.Layer<Database, StoreUnavailable, FileSystem.FileSystem> =>
  Layer.scoped(
    Database,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      // Created here, so that there is no moment in which others can read it.
      yield* fs.open(file, { flag: "a", mode: 0o600 }).pipe(
        Effect.zipRight(fs.chmod(file, 0o600)),
        Effect.scoped,
        Effect.mapError((error) => new StoreUnavailable({ file, detail: error.message }))
      )
      return yield* make(file)
    })
  )
