/**
 * The config for commands that need of it little more than where the gateway's state is. While its file is being edited
 * and cannot be taken, they go by the gateway that runs.
 */
import { connect } from "node:net"
import { FileSystem, Path } from "@effect/platform"
import { Console, Effect, Either, Option } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { decode, stateDirIn } from "../../schemas/config/decode.ts"
import { SOCKET_FILE } from "../../schemas/control/socket.ts"
import type { ConfigInvalid } from "../../schemas/errors/config.ts"
import { oneLine } from "../terminal/harmless.ts"
import { load } from "./ConfigFile.ts"
import { noteOf } from "./runningNote.ts"

/** Whether somebody listens on a socket. */
const isAnswered = (socket: string): Effect.Effect<boolean> =>
  Effect.async<boolean>((resume) => {
    const connection = connect(socket)
    const end = (answered: boolean) => {
      connection.destroy()
      resume(Effect.succeed(answered))
    }
    connection.once("connect", () => end(true))
    connection.once("error", () => end(false))
    return Effect.sync(() => connection.destroy())
  })

/** What the file, the environment and the gateway itself say of where its state may be, the likeliest first. */
const candidates = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const note = yield* noteOf(file)
    const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
    const inFile = Option.getRight(stateDirIn({ text, file, env: process.env }))
    const otherwise = Option.getRight(stateDirIn({ text: "{}", file, env: process.env }))
    const all = [Option.map(note, ({ stateDir }) => stateDir), inFile, otherwise]
    return [...new Set(all.flatMap(Option.toArray))]
  })

/** The folder of the gateway that runs though its config cannot be taken now; where none does, that is the failure. */
const runningWithout = (invalid: ConfigInvalid) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const running = yield* Effect.findFirst(yield* candidates(invalid.file), (folder) =>
      isAnswered(path.join(folder, SOCKET_FILE))
    )
    return Option.isSome(running) ? running.value : yield* invalid
  })

/** One line: where the file has mistakes, and what that means now. */
const sayMistakes = ({ file, problems }: ConfigInvalid): Effect.Effect<void> => {
  const [{ message, path }, ...more] = problems
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`
  const where = path === "" ? message : `${path}: ${message}`
  return Console.error(
    oneLine(
      `${file} cannot be taken: ${where}${others}; the gateway that runs goes on with what it read before`
    )
  )
}

/** The state folder of a config file, and of one that cannot be taken that of the gateway that runs by it. */
export const loadedStateDir = (
  path: Option.Option<string>,
  isQuiet: boolean
): Effect.Effect<string, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  load(path).pipe(
    Effect.map(({ stateDir }) => stateDir),
    Effect.catchTag("ConfigInvalid", (invalid) =>
      Effect.tap(runningWithout(invalid), () => (isQuiet ? Effect.void : sayMistakes(invalid)))
    )
  )

/** A config of a state folder and nothing else: it has no accounts, and nobody in it is known by name. */
const onlyStateDir = (file: string, stateDir: string): Effect.Effect<GatewayConfig, ConfigInvalid> =>
  Either.map(decode({ text: JSON.stringify({ stateDir }), file, env: process.env }), (config) => ({
    ...config,
    accounts: []
  }))

/**
 * The config of a file, for commands that work on the store. Of one that cannot be taken while a gateway runs by it they
 * have the state folder alone; where the store is not in that, they have nothing.
 */
export const loaded = (
  path: Option.Option<string>
): Effect.Effect<GatewayConfig, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  load(path).pipe(
    Effect.catchTag("ConfigInvalid", (invalid) =>
      Effect.flatMap(noteOf(invalid.file), (note) =>
        Option.exists(note, ({ isShared }) => isShared)
          ? invalid
          : runningWithout(invalid).pipe(
              Effect.tap(() => sayMistakes(invalid)),
              Effect.flatMap((stateDir) => onlyStateDir(invalid.file, stateDir))
            )
      )
    )
  )

/** The same of a file that a gateway has read: what this process cannot take of it, such as a variable, is left out. */
export const loadedBeside = (
  path: Option.Option<string>,
  stateDir: string
): Effect.Effect<GatewayConfig, never, FileSystem.FileSystem | Path.Path> =>
  load(path).pipe(Effect.catchTag("ConfigInvalid", ({ file }) => Effect.orDie(onlyStateDir(file, stateDir))))
