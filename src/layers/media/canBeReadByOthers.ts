/** Who but its owner can read a file. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"

/** Bits of a mode: reading a file, and passing through a folder. */
const GROUP = { read: 0o040, pass: 0o010 }
const OTHERS = { read: 0o004, pass: 0o001 }

/** The folders that a path lies in, up to the root. */
const foldersOf = (path: Path.Path, file: string): ReadonlyArray<string> => {
  const folder = path.dirname(file)
  return folder === file ? [] : [folder, ...foldersOf(path, folder)]
}

/**
 * Whether other users of this machine can read a file: by its mode, and that of each folder on the way to it. The
 * group counts too, for on macOS it is that of all users; not where it is the owner's own, of the same number. A file
 * that cannot be looked at is read by nobody.
 */
export const canBeReadByOthers = (
  file: string
): Effect.Effect<boolean, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const real = yield* fs.realPath(file)
    const { gid, mode, uid } = yield* fs.stat(real)
    const folders = yield* Effect.forEach(foldersOf(path, real), (folder) => fs.stat(folder))
    const passed = (bits: number) => folders.every((folder) => (folder.mode & bits) !== 0)
    const isOwnGroup = Option.isSome(gid) && Option.contains(uid, gid.value)
    return (
      ((mode & OTHERS.read) !== 0 && passed(OTHERS.pass)) ||
      ((mode & GROUP.read) !== 0 && !isOwnGroup && passed(GROUP.pass | OTHERS.pass))
    )
  }).pipe(Effect.orElseSucceed(() => false))
