/** Which process runs the gateway of a state folder, found out without taking its lock. */
import { type FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import * as Sqlite from "../sqlite/Sqlite.ts"
import { troubleOf } from "../sqlite/storeFile.ts"
import { PID_FILE, pidIn } from "./pidFile.ts"

const exists = (pid: number): Effect.Effect<boolean> =>
  Effect.try(() => process.kill(pid, 0)).pipe(
    Effect.catchAll(({ cause }) =>
      // Somebody else's process is one too.
      Effect.succeed(cause instanceof Error && "code" in cause && cause.code === "EPERM")
    )
  )

/** Whether somebody holds the lock exclusively: nobody else may read the file then. */
const isLocked = (lockFile: string): Effect.Effect<boolean> =>
  Sqlite.connect(lockFile, { readOnly: true }).pipe(
    Effect.flatMap((connection) =>
      Effect.try({
        try: () => connection.prepare("SELECT count(*) FROM sqlite_schema").get(),
        catch: (error) => error
      })
    ),
    Effect.scoped,
    Effect.as(false),
    Effect.catchAll((error) => Effect.succeed(troubleOf(error) === "busy"))
  )

/**
 * The process id of the gateway that runs on a state folder, or none. The lock is looked at only where the process
 * exists that the folder names: for the moment of the look a gateway that starts could not take it.
 */
export const lockHolder = (
  stateDir: string
): Effect.Effect<Option.Option<number>, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { join } = yield* Path.Path
    const named = yield* pidIn(join(stateDir, PID_FILE))
    if (Option.isNone(named) || !(yield* exists(named.value))) return Option.none()
    return (yield* isLocked(join(stateDir, "lock.db"))) ? named : Option.none()
  })
