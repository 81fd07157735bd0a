/** The state folder: whether the gateway can keep its things there, and whether one does already. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { type Check, failed, ok, warning } from "./Check.ts"

const PLACE = { id: "state", title: "State folder" } as const

/** The folder itself where it exists, else the nearest one above it that does. */
export const nearestFolder = (
  folder: string
): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dirname } = yield* Path.Path
    const found = yield* Effect.orElseSucceed(fs.exists(folder), () => false)
    return found || dirname(folder) === folder ? folder : yield* nearestFolder(dirname(folder))
  })

const isWritable = (folder: string): Effect.Effect<boolean, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.isSuccess(fs.access(folder, { readable: true, writable: true }))
  )

const notWritable = (stateDir: string, detail: string) =>
  failed(
    PLACE,
    detail,
    `Give ${stateDir} to the user that runs the gateway (\`ls -ld ${stateDir}\` shows whose it is), or set stateDir to another folder.`
  )

/** `pid` is that of the gateway which runs on the folder. */
export const stateFolderCheck = (
  stateDir: string,
  pid: Option.Option<number>
): Effect.Effect<Check, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const nearest = yield* nearestFolder(stateDir)
    if (nearest !== stateDir) {
      return (yield* isWritable(nearest))
        ? ok(PLACE, `${stateDir} does not exist yet; the gateway makes it at its first start`)
        : notWritable(nearest, `${stateDir} does not exist, and cannot be made: ${nearest} is not writable`)
    }
    const info = yield* Effect.option(fs.stat(stateDir))
    if (Option.isNone(info)) return notWritable(stateDir, `${stateDir} cannot be looked at`)
    if (info.value.type !== "Directory") {
      return failed(
        PLACE,
        `${stateDir} is no folder`,
        "Move the file away, or set stateDir to another folder."
      )
    }
    if (!(yield* isWritable(stateDir))) return notWritable(stateDir, `${stateDir} is not writable`)
    const mode = info.value.mode & 0o777
    const held = Option.match(pid, {
      onNone: () => "no gateway runs on it",
      onSome: (pid) => `the gateway with pid ${pid} runs on it`
    })
    return mode === 0o700
      ? ok(PLACE, `${stateDir}; ${held}`)
      : warning(
          PLACE,
          `${stateDir} has mode 0${mode.toString(8)}, and not 0700; ${held}`,
          `Run \`chmod 700 ${stateDir}\`: messages lie in it. The gateway does it at its start, where it may.`
        )
  })
