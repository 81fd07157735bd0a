/**
 * The files of a database on this machine: each commit of Messages changes them. Their folder is watched, so that files
 * that are made anew are too; and because not every system tells of a file that somebody holds open, they are looked at
 * besides. Where neither is allowed nothing is ever told, and the database is asked as often as `pollMs` says.
 */
import { homedir } from "node:os"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Ref, Schedule, Stream } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"

/** How often the files are looked at. */
const LOOK_EVERY = "100 millis"

/** Where the database of a child lies on this machine; none where the child runs on another. */
export const databaseFile = (
  { dbPath }: AccountConfig,
  { build, isRemote }: Pick<ImsgSession, "build" | "isRemote">
): Option.Option<string> =>
  isRemote ? Option.none() : Option.some(build.database ?? dbPath ?? `${homedir()}/Library/Messages/chat.db`)

/** Runs an effect each time the files of a database change. It never fails: who cannot watch hears of nothing. */
export const watchDatabase = <R>(file: string, changed: Effect.Effect<void, never, R>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const real = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
    const names = new Set([path.basename(real), `${path.basename(real)}-wal`])

    const stateOf = (name: string) =>
      fs.stat(name).pipe(
        Effect.map(({ mtime, size }) => `${Option.getOrUndefined(mtime)?.getTime()} ${size}`),
        Effect.orElseSucceed(() => "")
      )
    const state = Effect.zipWith(stateOf(real), stateOf(`${real}-wal`), (one, other) => `${one} ${other}`)
    const seen = yield* Ref.make(yield* state)

    const told = fs.watch(path.dirname(real)).pipe(
      Stream.filter((event) => names.has(path.basename(event.path))),
      // What was told need not be seen.
      Stream.runForEach(() =>
        Effect.zipRight(
          changed,
          Effect.flatMap(state, (now) => Ref.set(seen, now))
        )
      ),
      // A folder that must not be read is refused by a throw.
      Effect.catchAllCause(() => Effect.logDebug("the files of the database cannot be watched")),
      Effect.zipRight(Effect.never)
    )
    const look = Effect.gen(function* () {
      const now = yield* state
      if (now !== (yield* Ref.getAndSet(seen, now))) yield* changed
    })
    return yield* Effect.all([told, Effect.schedule(look, Schedule.spaced(LOOK_EVERY))], {
      concurrency: 2,
      discard: true
    })
  })
