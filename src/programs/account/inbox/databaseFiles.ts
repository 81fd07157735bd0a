/**
 * The files of a database on this machine: each commit of Messages changes them. Their folder is watched, so that files
 * that are made anew are too; and because not every system tells of a file that somebody holds open, they are looked at
 * besides. Where neither is allowed nothing is ever told, and the database is asked as often as `pollMs` says.
 */
import { unwatchFile, watchFile } from "node:fs"
import { homedir } from "node:os"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Stream } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"

/** How often the files are looked at. */
const LOOK_EVERY_MS = 100

/** Where the database of a child lies on this machine; none where the child runs on another. */
export const databaseFile = (
  { dbPath }: AccountConfig,
  { build, isRemote }: Pick<ImsgSession, "build" | "isRemote">
): Option.Option<string> =>
  isRemote ? Option.none() : Option.some(build.database ?? dbPath ?? `${homedir()}/Library/Messages/chat.db`)

/** Each change of a file as libuv sees it, which costs nothing here while there is none. */
const looksAt = (file: string): Stream.Stream<void> =>
  Stream.asyncScoped<void>((emit) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const listener = () => void emit.single(undefined)
        watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, listener)
        return listener
      }),
      (listener) => Effect.sync(() => unwatchFile(file, listener))
    )
  )

/** Runs an effect each time the files of a database change. It never fails: who cannot watch hears of nothing. */
export const watchDatabase = <R>(file: string, changed: Effect.Effect<void, never, R>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const real = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
    const files = [real, `${real}-wal`]
    const names = new Set(files.map((one) => path.basename(one)))

    const told = fs.watch(path.dirname(real)).pipe(
      Stream.filter((event) => names.has(path.basename(event.path))),
      Stream.runForEach(() => changed),
      // A folder that must not be read is refused by a throw.
      Effect.catchAllCause(() => Effect.logDebug("the files of the database cannot be watched")),
      Effect.zipRight(Effect.never)
    )
    // Also what was just told: a file can change before what is in it can be read, and then once more.
    const seen = Stream.mergeAll(files.map(looksAt), { concurrency: "unbounded" }).pipe(
      Stream.runForEach(() => changed)
    )
    return yield* Effect.all([told, seen], { concurrency: 2, discard: true })
  })
