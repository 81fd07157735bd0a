/** Where the state of the gateway of a config file is, for commands that need nothing else of it. */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { STATE_VARIABLE, variable } from "../../schemas/config/home.ts"
import type { ConfigInvalid } from "../../schemas/errors/config.ts"
import { fileNamed } from "./fileNamed.ts"
import { noteOf } from "./runningNote.ts"

/**
 * The state folder of a file that its gateway has read as it is now; none where that is not known. `withStore`: only of one
 * whose store is in it.
 */
export const notedStateDir = (
  path: Option.Option<string>,
  { withStore = false }: { readonly withStore?: boolean } = {}
): Effect.Effect<Option.Option<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const env = yield* Effect.sync(() => process.env)
    // Who names a folder means that one.
    if (variable(env, STATE_VARIABLE) !== undefined) return Option.none()
    const note = yield* noteOf(fileNamed(path, env))
    return Option.map(
      Option.filter(note, ({ isRead, isShared }) => isRead && !(withStore && isShared)),
      ({ stateDir }) => stateDir
    )
  })

/**
 * Of a file that the gateway has read as it is now, where that says; of any other the file is decoded, which takes longer
 * than all the rest of a command. `isQuiet`: nothing is said of mistakes in it.
 */
export const stateDirOf = (
  path: Option.Option<string>,
  isQuiet = false
): Effect.Effect<string, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const noted = yield* notedStateDir(path)
    if (Option.isSome(noted)) return noted.value
    const { loadedStateDir } = yield* Effect.promise(() => import("./configInUse.ts"))
    return yield* loadedStateDir(path, isQuiet)
  })
