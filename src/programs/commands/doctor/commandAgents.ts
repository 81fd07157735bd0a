/** The agents that are programs of the owner's: whether each could be started. None is: who knows what it would do. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Either, Option } from "effect"
import { searchedFolders, type Variables } from "../../../layers/config/environment.ts"
import type { AgentConfig, AgentRuntime } from "../../../schemas/Config.ts"
import { agentPlace } from "./agentPlace.ts"
import { type Check, failed, ok } from "./Check.ts"
import { find } from "./program.ts"

type CommandConfig = Extract<AgentRuntime, { readonly type: "command" }>

/** Programs that run the file that their first argument names. `deno` and `bun` have commands of their own in its place. */
const INTERPRETERS = /^(?:node|python[\d.]*|ruby|perl|sh|bash|zsh)$/u

/** As much of a file as its first line may have, in bytes. */
const FIRST_LINE = 256

type Disk = FileSystem.FileSystem | Path.Path

/** Why a program could not be started; nothing where it could. */
type Trouble = Option.Option<string>

const isThere = (file: string, type: "File" | "Directory") =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.stat(file).pipe(
      Effect.map((found) => found.type === type),
      Effect.orElseSucceed(() => false)
    )
  )

/** What the first line of a script says it is run by; nothing where the file is none. */
export const interpreterIn = (text: string): Option.Option<string> => {
  const [line = ""] = text.split("\n", 1)
  const [, program, argument] = /^#!\s*(\S+)(?:\s+(?:-S\s+)?(\S+))?/u.exec(line) ?? []
  if (program === undefined) return Option.none()
  return Option.some(program.endsWith("/env") && argument !== undefined ? argument : program)
}

const interpreterOf = (file: string): Effect.Effect<Option.Option<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const opened = yield* fs.open(file)
    const start = yield* opened.readAlloc(FIRST_LINE)
    return Option.flatMap(start, (bytes) => interpreterIn(Buffer.from(bytes).toString("latin1")))
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => Option.none())
  )

/** A script is started by what its first line names: where that is gone the system says that the script is. */
const scriptTrouble = (file: string, folders: ReadonlyArray<string>): Effect.Effect<Trouble, never, Disk> =>
  Effect.flatMap(
    interpreterOf(file),
    Option.match({
      onNone: () => Effect.succeedNone,
      onSome: (interpreter) =>
        Effect.match(find(interpreter, folders), {
          onFailure: (why) => Option.some(`its first line has it run by ${interpreter}: ${why}`),
          onSuccess: () => Option.none()
        })
    })
  )

/** The file that an interpreter is to run, where its first argument is one. */
const argumentTrouble = (
  [program, first]: ReadonlyArray<string>,
  cwd: string
): Effect.Effect<Trouble, never, Disk> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    if (program === undefined || first === undefined || first.startsWith("-")) return Option.none()
    if (!INTERPRETERS.test(path.basename(program))) return Option.none()
    const file = path.resolve(cwd, first)
    return (yield* isThere(file, "File"))
      ? Option.none()
      : Option.some(`${file}, which it is to run, is not there`)
  })

const commandCheck = (agent: AgentConfig, runtime: CommandConfig, own: Variables) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const place = agentPlace(agent)
    const [program] = runtime.command
    const cwd = runtime.cwd ?? path.resolve()
    if (!(yield* isThere(cwd, "Directory"))) {
      return failed(place, `its folder ${cwd} is not there`, "Make it, or change agents.list[].runtime.cwd.")
    }
    const folders = searchedFolders(runtime, own)
    const named = program.includes("/") ? path.resolve(cwd, program) : program
    const found = yield* Effect.either(find(named, folders))
    const remedy =
      "Put it there for the user that the gateway runs as, or say where it lies in agents.list[].runtime.command, with its whole path. A service has another PATH, and another folder, than a terminal."
    if (Either.isLeft(found)) return failed(place, `${program}: ${found.left}`, remedy)
    const ofScript = yield* scriptTrouble(found.right, folders)
    const trouble = Option.isSome(ofScript) ? ofScript : yield* argumentTrouble(runtime.command, cwd)
    return Option.match(trouble, {
      onNone: () => ok(place, `${found.right}; it was not started: \`imsg-gateway agent test\` asks it`),
      onSome: (why) => failed(place, `${found.right}: ${why}`, remedy)
    })
  })

/** A check of each agent that is a program. `own` are the variables of the gateway. */
export const commandChecks = (
  agents: ReadonlyArray<AgentConfig>,
  own: Variables
): Effect.Effect<ReadonlyArray<Check>, never, Disk> =>
  Effect.forEach(
    agents.flatMap((agent) => (agent.runtime.type === "command" ? [{ agent, runtime: agent.runtime }] : [])),
    ({ agent, runtime }) => commandCheck(agent, runtime, own),
    { concurrency: "unbounded" }
  )
