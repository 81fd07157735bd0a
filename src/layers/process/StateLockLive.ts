/**
 * The lock of a state folder is an exclusive transaction on an SQLite file of its own: the operating system lets
 * it go with the process, however that ends, so that there are no stale locks to be told from live ones. It is a lock of
 * the file and not of its name: where the name is removed the gateway takes the lock of a new file, and one that starts
 * in between finds the other by its socket.
 */
import { connect } from "node:net"
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Layer, Option, type Scope } from "effect"
import { SOCKET_FILE } from "../../schemas/control/socket.ts"
import { platformWords } from "../../schemas/errors/platformWords.ts"
import { AlreadyRunning, StoreUnavailable } from "../../schemas/errors/store.ts"
import { StateLock } from "../../services/StateLock.ts"
import { identify, isSameFile, refuseLink } from "../sqlite/ownFile.ts"
import * as Sqlite from "../sqlite/Sqlite.ts"
import * as storeFile from "../sqlite/storeFile.ts"
import { PID_FILE, pidIn } from "./pidFile.ts"

const LOOK_EVERY = "1 second"
/** One that starts may hold the new lock for a moment, until it has found the gateway that runs. */
const MOST_REFUSALS = 5

const isBusy = (error: unknown): boolean => storeFile.troubleOf(error) === "busy"

/** Whether a process listens on a socket. */
const isAnswered = (socket: string): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const connection = connect(socket)
    connection.once("connect", () => resume(Effect.succeed(true)))
    connection.once("error", () => resume(Effect.succeed(false)))
    return Effect.sync(() => connection.destroy())
  })

/** Takes the lock of the file that the path leads to, until the scope closes; answers whether nobody else has it. */
const take = (
  lockFile: string
): Effect.Effect<boolean, StoreUnavailable, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    yield* refuseLink(lockFile)
    yield* storeFile.create(lockFile)
    return yield* Sqlite.connect(lockFile).pipe(
      Effect.flatMap((connection) =>
        Effect.try({ try: () => connection.exec("BEGIN EXCLUSIVE"), catch: (error) => error })
      ),
      Effect.as(true),
      Effect.catchAll((error) =>
        isBusy(error) ? Effect.succeed(false) : Effect.fail(storeFile.unavailable(lockFile)(error))
      )
    )
  })

/** The state folder, for its owner only. */
const makeFolder = (stateDir: string, lockFile: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const unusable = (what: string) => (error: PlatformError) =>
      new StoreUnavailable({ file: lockFile, detail: `${what}: ${platformWords(error)}` })
    yield* Effect.mapError(
      fs.makeDirectory(stateDir, { recursive: true, mode: 0o700 }),
      unusable("its folder cannot be made")
    )
    yield* Effect.mapError(
      fs.chmod(stateDir, 0o700),
      unusable("its folder cannot be closed to others (`chmod 700`)")
    )
  })

const make = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const platform = yield* Effect.context<FileSystem.FileSystem | Scope.Scope>()
    const lockFile = path.join(stateDir, "lock.db")
    const pidFile = path.join(stateDir, PID_FILE)
    yield* makeFolder(stateDir, lockFile)
    const owner = pidIn(pidFile)
    const answers = isAnswered(path.join(stateDir, SOCKET_FILE))
    const alreadyRunning = Effect.flatMap(
      Effect.all([owner, answers]),
      ([pid, isUp]) =>
        new AlreadyRunning({
          stateDir,
          isStarting: !isUp,
          ...(Option.isSome(pid) ? { pid: pid.value } : {})
        })
    )
    if (!(yield* take(lockFile))) return yield* alreadyRunning
    if (yield* answers) return yield* alreadyRunning

    // Removed before it is written: a link in its place would be written through.
    yield* Effect.acquireRelease(
      Effect.ignore(fs.remove(pidFile)).pipe(
        Effect.zipRight(fs.writeFileString(pidFile, `${process.pid}\n`, { flag: "wx", mode: 0o600 })),
        Effect.mapError((error) => new StoreUnavailable({ file: pidFile, detail: platformWords(error) }))
      ),
      () =>
        Effect.flatMap(owner, (pid) =>
          Option.contains(pid, process.pid) ? Effect.ignore(fs.remove(pidFile)) : Effect.void
        )
    )

    const lost = Effect.gen(function* () {
      let held = yield* identify(lockFile)
      let refusals = 0
      while (true) {
        yield* Effect.sleep(LOOK_EVERY)
        const now = yield* identify(lockFile)
        if (Option.isSome(held) && Option.isSome(now) && isSameFile(held.value, now.value)) continue
        if (yield* Effect.orElseSucceed(take(lockFile), () => true)) {
          held = yield* identify(lockFile)
          refusals = 0
          yield* Effect.annotateLogs(
            Effect.logWarning("the file of the lock was removed: the lock is taken anew"),
            { file: lockFile, hint: "Leave the files of the state folder alone while the gateway runs." }
          )
        } else if (++refusals === MOST_REFUSALS) return yield* alreadyRunning
      }
    }).pipe(Effect.provide(platform))
    return { pid: process.pid, lost }
  })

export const layer = (
  stateDir: string
): Layer.Layer<StateLock, AlreadyRunning | StoreUnavailable, FileSystem.FileSystem | Path.Path> =>
  Layer.scoped(StateLock, make(stateDir))
