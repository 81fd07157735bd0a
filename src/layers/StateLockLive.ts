/**
 * The lock of a state folder is an exclusive transaction on an SQLite file of its own: the operating system lets
 * it go with the process, however that ends, so that there are no stale locks to be told from live ones.
 */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, Option, Schema } from "effect"
import { AlreadyRunning, type StoreUnavailable } from "../schemas/errors/store.ts"
import { StateLock } from "../services/StateLock.ts"
import * as Sqlite from "./sqlite/Sqlite.ts"
import * as storeFile from "./sqlite/storeFile.ts"

const isBusy = (error: unknown): boolean => storeFile.troubleOf(error) === "busy"
const decodePid = Schema.decodeOption(Schema.compose(Schema.Trim, Schema.NumberFromString).pipe(Schema.int()))

const make = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const lockFile = path.join(stateDir, "lock.db")
    const pidFile = path.join(stateDir, "gateway.pid")
    const unusable = storeFile.unavailable(lockFile)

    yield* fs
      .makeDirectory(stateDir, { recursive: true, mode: 0o700 })
      .pipe(Effect.zipRight(fs.chmod(stateDir, 0o700)), Effect.mapError(unusable))
    const owner = fs.readFileString(pidFile).pipe(
      Effect.map(decodePid),
      Effect.orElseSucceed(() => Option.none<number>())
    )
    yield* Sqlite.connect(lockFile).pipe(
      Effect.flatMap((connection) =>
        Effect.try({ try: () => connection.exec("BEGIN EXCLUSIVE"), catch: (error) => error })
      ),
      Effect.catchAll(
        (error): Effect.Effect<never, AlreadyRunning | StoreUnavailable> =>
          isBusy(error)
            ? Effect.flatMap(
                owner,
                (pid) => new AlreadyRunning({ stateDir, ...(Option.isSome(pid) ? { pid: pid.value } : {}) })
              )
            : Effect.fail(unusable(error))
      )
    )
    yield* Effect.acquireRelease(
      fs.writeFileString(pidFile, `${process.pid}\n`, { mode: 0o600 }).pipe(Effect.mapError(unusable)),
      () => Effect.ignore(fs.remove(pidFile))
    )
    return { pid: process.pid }
  })

export const layer = (
  stateDir: string
): Layer.Layer<StateLock, AlreadyRunning | StoreUnavailable, FileSystem.FileSystem | Path.Path> =>
  Layer.scoped(StateLock, make(stateDir))
