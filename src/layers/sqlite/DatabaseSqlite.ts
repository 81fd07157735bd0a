/**
 * The gateway's SQLite file: one connection, on which every statement is prepared once. What is written in the same
 * moment is committed together, in one synchronous step: a commit costs more than what is in it, and nothing can
 * come between the statements of a transaction, so there is no lock to wait for.
 */
import { FileSystem } from "@effect/platform"
import {
  Chunk,
  Deferred,
  Effect,
  Fiber,
  identity,
  Layer,
  Mailbox,
  Schedule,
  Stream,
  SubscriptionRef
} from "effect"
import { isLost, StoreUnavailable } from "../../schemas/errors/store.ts"
import { tryAgain } from "../../schemas/errors/tryAgain.ts"
import { Database } from "../database/Database.ts"
import { nothing, runSync, type Statement, sync } from "../database/Step.ts"
import { makeCutLog } from "./cutLog.ts"
import { MIGRATIONS } from "./migrations.ts"
import { awaitGone, refuseLink } from "./ownFile.ts"
import * as Sqlite from "./Sqlite.ts"
import * as storeFile from "./storeFile.ts"

/** Who writes waits so long, in all, for another process that does; the longest that a command line is held up. */
const BUSY_FOR = "5 seconds"
const whileBusy = Schedule.exponential("10 millis").pipe(
  Schedule.union(Schedule.spaced("100 millis")),
  Schedule.upTo(BUSY_FOR)
)
/** SQLite's name for no file. */
const IN_MEMORY = ":memory:"
const isBusy = (error: unknown): boolean => storeFile.troubleOf(error) === "busy"

/** A statement that is run when its turn comes in a step, at once. */
const stepwise = <Row>(statement: Sqlite.Statement<Row>): Statement<Row> => ({
  get: (...bound) => sync(() => statement.get(...bound)),
  all: (...bound) => sync(() => statement.all(...bound)),
  run: (...bound) => sync(() => statement.run(...bound))
})

interface Version {
  readonly user_version: number
}

/** Brings the file's schema up to date. A file from a newer program is refused, not guessed at. */
const migrate = (connection: Sqlite.Connection, file: string): Effect.Effect<void, StoreUnavailable> => {
  // The version is read with the file locked: another process may be at the same migration.
  const apply = () => {
    const version = connection.prepare<Version>("PRAGMA user_version").get()?.user_version ?? 0
    const missing = MIGRATIONS.slice(version)
    for (const script of missing) connection.exec(script)
    if (missing.length > 0) connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    return version
  }
  return Effect.try({
    try: () => Sqlite.transaction(connection, apply),
    catch: storeFile.unavailable(file)
  }).pipe(
    Effect.filterOrFail(
      (version) => version <= MIGRATIONS.length,
      (version) =>
        new StoreUnavailable({
          file,
          detail: `it was written by a newer version (schema ${version}, this one knows ${MIGRATIONS.length})`,
          trouble: "newer"
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

/** Commits together what is offered while the fibers that can run do so. `onCommit` is run after each commit. */
const makeCommitter = (connection: Sqlite.Connection, onCommit: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const waiting = yield* Mailbox.make<Write>()
    const commit = (writes: Chunk.Chunk<Write>) =>
      Effect.try({
        try: () =>
          Sqlite.transaction(connection, () => Chunk.forEach(writes, ({ statements }) => statements())),
        catch: identity
      })
    const commitAlone = (write: Write) =>
      commit(Chunk.of(write)).pipe(
        Effect.tap(() => onCommit),
        Effect.either,
        Effect.map((outcome) => write.settle(outcome))
      )
    const commitAll = (writes: Chunk.Chunk<Write>) =>
      commit(writes).pipe(
        tryAgain({ schedule: whileBusy, while: isBusy }),
        Effect.matchEffect({
          onSuccess: () =>
            Effect.zipRight(
              onCommit,
              Effect.sync(() => Chunk.forEach(writes, (write) => write.settle(Effect.void)))
            ),
          onFailure: (error) =>
            isBusy(error)
              ? Effect.sync(() => Chunk.forEach(writes, (write) => write.settle(Effect.fail(error))))
              : // One that fails must not take the others with it: nothing was committed, so each is tried by itself.
                Effect.forEach(writes, commitAlone, { discard: true })
        })
      )
    const committer = yield* Effect.iterate(false, {
      while: (isDone) => !isDone,
      body: () => Effect.flatMap(waiting.takeAll, ([writes, isDone]) => Effect.as(commitAll(writes), isDone))
    }).pipe(Effect.forkDaemon)
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

/** `gone` ends once the file is not the one any more that was opened. */
const make = (file: string, gone: Effect.Effect<StoreUnavailable> = Effect.never) =>
  Effect.gen(function* () {
    const connection = yield* storeFile.connect(file)
    yield* migrate(connection, file)
    yield* storeFile.waitBriefly(connection)
    const refusal = yield* SubscriptionRef.make<StoreUnavailable | undefined>(undefined)
    const corrupted = yield* Deferred.make<never, StoreUnavailable>()
    let isRefused = false

    const unavailable = storeFile.unavailable(file)
    const truncate = connection.prepare<{ readonly busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)")
    // Before the writers, so that it is their commits that are cut off at the end.
    const noticeWrite = file === IN_MEMORY ? () => {} : yield* makeCutLog(() => truncate.get()?.busy === 0)
    const onCommit = Effect.suspend(() => {
      noticeWrite()
      if (!isRefused) return Effect.void
      isRefused = false
      return SubscriptionRef.set(refusal, undefined)
    })
    const onFailure = (error: StoreUnavailable): Effect.Effect<void> => {
      if (isLost(error)) return Deferred.fail(corrupted, error)
      if (error.trouble === undefined) return Effect.void
      isRefused = true
      return SubscriptionRef.set(refusal, error)
    }
    const commit = yield* makeCommitter(connection, onCommit)
    let lost: StoreUnavailable | undefined
    yield* gone.pipe(
      Effect.flatMap((error) => {
        lost = error
        return Deferred.fail(corrupted, error)
      }),
      Effect.interruptible,
      Effect.forkScoped
    )
    const failed = (cause: unknown) =>
      Effect.suspend(() => {
        const error = unavailable(cause)
        return Effect.zipRight(onFailure(error), Effect.fail(error))
      })
    /** What is written into a file that nobody can open any more is not written. */
    const whileThere = <A>(
      step: () => Effect.Effect<A, StoreUnavailable>
    ): Effect.Effect<A, StoreUnavailable> =>
      Effect.suspend(() => (lost === undefined ? step() : Effect.fail(lost)))
    return Database.of({
      prepare: <Row = never>(sql: string) => stepwise(connection.prepare<Row>(sql)),
      read: (steps) =>
        whileThere(() =>
          Effect.catchAll(Effect.try({ try: () => runSync(steps()), catch: identity }), failed)
        ),
      write: (steps) =>
        whileThere(() =>
          Effect.catchAll(
            commit(() => runSync(steps())),
            failed
          )
        ),
      // The state lock makes this process the only one that acts on the file.
      isShared: false,
      tell: () => nothing,
      told: Stream.empty,
      refusal,
      corrupted: Deferred.await(corrupted)
    })
  })

/** A store in memory, for tests and for looks where there is no store yet. */
export const memory: Layer.Layer<Database, StoreUnavailable> = Layer.scoped(Database, make(IN_MEMORY))

/**
 * The store in a file, created and migrated as needed; the file is for its owner only. A corrupt one is refused,
 * except by whoever owns the state folder: with `replacesCorrupt` it is set aside, and an empty one takes its place.
 */
export const layer = (
  file: string,
  { replacesCorrupt = false }: { readonly replacesCorrupt?: boolean } = {}
): Layer.Layer<Database, StoreUnavailable, FileSystem.FileSystem> =>
  Layer.scoped(
    Database,
    Effect.gen(function* () {
      yield* refuseLink(file)
      yield* storeFile.create(file)
      if (!replacesCorrupt) return yield* make(file)
      yield* storeFile.replaceCorrupt(file)
      const fs = yield* FileSystem.FileSystem
      return yield* make(file, Effect.provideService(awaitGone(file), FileSystem.FileSystem, fs))
    })
  )
