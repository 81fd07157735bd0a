/** The program behind `cliPath`: where it lies, and what it is. */
import { Command, FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { searchedFolders, type Variables, withChildEnvironment } from "../../../layers/config/environment.ts"
import { cliCommand, remoteHostOf } from "../../../layers/remote/cliCommand.ts"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { ImsgNotFound } from "../../../schemas/errors/imsg.ts"

export interface Program {
  /** Where it was found. */
  readonly path: string
  /** Where links lead from there. */
  readonly realPath: string
  /** Whether it is a script, which runs something else. */
  readonly isScript: boolean
  /** The Mac that it reaches over ssh, if it does. */
  readonly host: string | undefined
}

/** The command of an account's `imsg`. */
export const imsgCommand = (
  account: AccountConfig,
  args: ReadonlyArray<string>
): Effect.Effect<Command.Command, never, FileSystem.FileSystem | Path.Path> =>
  Effect.flatMap(cliCommand(account.cliPath, args), ({ args, program }) =>
    withChildEnvironment(Command.make(program, ...args), account)
  )

type Finding = "executable" | "not executable" | "no file" | "missing"

const lookAt = (file: string): Effect.Effect<Finding, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.stat(file).pipe(
      Effect.map(
        ({ mode, type }): Finding =>
          type !== "File" ? "no file" : (mode & 0o111) === 0 ? "not executable" : "executable"
      ),
      Effect.orElseSucceed((): Finding => "missing")
    )
  )

/** Where the system would find a program: as a path from here, else in the folders of PATH. */
export const find = (
  program: string,
  folders: ReadonlyArray<string>
): Effect.Effect<string, string, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { join, resolve } = yield* Path.Path
    if (program.includes("/")) {
      const finding = yield* lookAt(resolve(program))
      if (finding === "executable") return resolve(program)
      return yield* Effect.fail(
        finding === "missing"
          ? "there is no such program"
          : finding === "no file"
            ? "it is a folder"
            : `it is not executable (\`chmod +x ${program}\`)`
      )
    }
    const found = yield* Effect.findFirst(
      folders.map((folder) => join(folder, program)),
      (file) => Effect.map(lookAt(file), (finding) => finding === "executable")
    )
    return yield* Effect.mapError(found, () => `it is in no folder of PATH (${folders.join(":")})`)
  })

const isScript = (file: string): Effect.Effect<boolean, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const opened = yield* fs.open(file)
    const start = yield* opened.readAlloc(2)
    return Option.exists(start, ([first, second]) => first === 0x23 && second === 0x21)
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => false)
  )

/** Finds the program of an account. `own` are the variables of the gateway. */
export const findProgram = (
  account: AccountConfig,
  own: Variables
): Effect.Effect<Program, ImsgNotFound, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { program } = yield* cliCommand(account.cliPath, [])
    const path = yield* Effect.mapError(
      find(program, searchedFolders(account, own)),
      // Its arguments can be secrets, and are not what is missing.
      (detail) => new ImsgNotFound({ cliPath: program, detail })
    )
    const host = yield* remoteHostOf(account)
    return {
      path,
      realPath: yield* Effect.orElseSucceed(fs.realPath(path), () => path),
      isScript: yield* isScript(path),
      host: Option.getOrUndefined(Option.map(host, ({ destination }) => destination))
    }
  })

/** The program in a few words. */
export const describe = ({ host, isScript, path, realPath }: Program): string =>
  [
    path === realPath ? path : `${path} (${realPath})`,
    ...(host !== undefined ? [`reaches ${host} over ssh`] : isScript ? ["a script"] : [])
  ].join(", ")
