/** `imessage.cliPath` as a program with its arguments, and the Mac that it leads to. */
import { homedir } from "node:os"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import type { EnvironmentConfig } from "../../schemas/Config.ts"
import type { RemoteHost, SshWay } from "../../services/RemoteFiles.ts"
import { searchedFolders } from "../config/environment.ts"
import { hostName, hostOfSsh, isSsh } from "./sshCommand.ts"
import { quoted, type Word, wordsOf } from "./words.ts"

export interface CliCommand {
  readonly program: string
  readonly args: ReadonlyArray<string>
}

/** The account's keys that say where `imsg` runs, and with what. */
export interface CliSettings extends Partial<EnvironmentConfig> {
  readonly cliPath: string
  readonly remoteHost?: string | undefined
}

/** Wrappers are short; a larger file is a program. */
const SCRIPT_BYTES = 64 * 1024

type Disk = FileSystem.FileSystem | Path.Path

const isFile = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.stat(file).pipe(
      Effect.map(({ type }) => type === "File"),
      Effect.orElseSucceed(() => false)
    )
  )

/** A path with spaces that is there is a path; any other text with spaces is a command line. */
const words = (cliPath: string): Effect.Effect<ReadonlyArray<Word>, never, Disk> =>
  Effect.gen(function* () {
    const whole = [{ text: cliPath, isFixed: true }]
    if (!/\s/u.test(cliPath) || (yield* isFile(cliPath))) return whole
    return Option.getOrElse(
      Option.filter(wordsOf(cliPath), (split) => split.length > 0),
      () => whole
    ).map(({ text }) => ({ text, isFixed: true }))
  })

/** The program of a `cliPath`, and the arguments with which it runs `imsg`. */
export const cliCommand = (
  cliPath: string,
  args: ReadonlyArray<string>
): Effect.Effect<CliCommand, never, Disk> =>
  Effect.map(words(cliPath), ([program, ...leading]) => ({
    program: program?.text ?? cliPath,
    args: [
      ...leading.map(({ text }) => text),
      // ssh joins its arguments with spaces, and a shell on the other side takes them apart again.
      ...(program !== undefined && leading.length > 0 && isSsh(program.text) ? args.map(quoted) : args)
    ]
  }))

const onPath = (program: string, settings: Partial<EnvironmentConfig>) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    if (program.includes("/")) return program
    return Option.getOrElse(
      yield* Effect.findFirst(
        searchedFolders(settings, process.env).map((folder) => path.join(folder, program)),
        isFile
      ),
      () => program
    )
  })

/** The text of a wrapper; none where the file is no script. */
const scriptOf = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { size, type } = yield* fs.stat(file)
    if (type !== "File" || size > SCRIPT_BYTES) return Option.none<string>()
    const text = yield* fs.readFileString(file)
    return text.startsWith("#!") ? Option.some(text) : Option.none<string>()
  }).pipe(Effect.orElseSucceed(() => Option.none<string>()))

/** The command lines of a script that run `ssh`, with or without `exec`. */
const sshLines = (
  script: string,
  { env = {} }: Partial<EnvironmentConfig>
): ReadonlyArray<ReadonlyArray<Word>> => {
  const home = env.HOME ?? process.env.HOME ?? homedir()
  return script
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) => Option.toArray(wordsOf(line, { home })))
    .map((line) => (line[0]?.text === "exec" ? line.slice(1) : line))
    .filter(([program]) => program !== undefined && isSsh(program.text))
}

/** The one ssh of a wrapper: with several, which of them leads to `imsg` is not for us to guess. */
const hostOfScript = (script: string, settings: CliSettings): Option.Option<SshWay> => {
  const [line, ...others] = sshLines(script, settings)
  return line === undefined || others.length > 0 ? Option.none() : hostOfSsh(line)
}

/** The host that a `cliPath` names itself, or that the wrapper does. */
const hostOfCli = (settings: CliSettings): Effect.Effect<Option.Option<SshWay>, never, Disk> =>
  Effect.gen(function* () {
    const line = yield* words(settings.cliPath)
    const [program] = line
    if (program === undefined) return Option.none()
    if (isSsh(program.text)) return hostOfSsh(line)
    const script = yield* Effect.flatMap(onPath(program.text, settings), scriptOf)
    return Option.flatMap(script, (text) => hostOfScript(text, settings))
  })

/**
 * The Mac on which an account's `imsg` runs; none where it is this machine, as far as can be told. The options of the
 * wrapper's ssh hold for `remoteHost` too, where both name the same host.
 */
export const remoteHostOf = (settings: CliSettings): Effect.Effect<Option.Option<RemoteHost>, never, Disk> =>
  Effect.map(hostOfCli(settings), (found) => {
    const { env = {}, passEnv = [], remoteHost } = settings
    const environment = { env, passEnv }
    if (remoteHost === undefined) return Option.map(found, (way) => ({ ...way, environment }))
    const own = Option.filter(found, ({ destination }) => hostName(destination) === hostName(remoteHost))
    return Option.some({
      program: Option.match(own, { onNone: () => "ssh", onSome: ({ program }) => program }),
      options: Option.match(own, { onNone: () => [], onSome: ({ options }) => options }),
      destination: remoteHost,
      environment
    })
  })
