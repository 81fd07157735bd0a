/** The agents of the command line: whether each program is there, and which version it says that it is. */
import { Command, type FileSystem, type Path } from "@effect/platform"
import { Effect, Either, Option, Stream } from "effect"
import { searchedFolders, type Variables, withEnvironment } from "../../../layers/config/environment.ts"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { CliConfig } from "../../../schemas/config/runtimes/cli.ts"
import { oneLine } from "../../../schemas/oneLine.ts"
import { feed, ProcessGroup } from "../../../services/ProcessGroup.ts"
import { agentPlace, INSTALL_IT } from "./agentPlace.ts"
import { type Check, failed, ok, warning } from "./Check.ts"
import { find } from "./program.ts"

/** How long a program may take to say its version, in ms. */
const VERSION_WITHIN_MS = 5000
const LONGEST_VERSION = 80

/** The first line that is printed for `--version`; none where nothing comes in time. */
const versionOf = (path: string, runtime: CliConfig) =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const child = yield* groups.spawn(yield* withEnvironment(Command.make(path, "--version"), runtime))
    yield* feed(child, Stream.empty)
    const line = yield* child.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.runHead)
    return Option.map(line, (text) => oneLine(text).slice(0, LONGEST_VERSION))
  }).pipe(
    Effect.scoped,
    Effect.timeout(VERSION_WITHIN_MS),
    Effect.orElseSucceed(() => Option.none<string>())
  )

const cliCheck = (agent: AgentConfig, runtime: CliConfig, own: Variables) =>
  Effect.gen(function* () {
    const place = agentPlace(agent)
    const [program] = runtime.command
    const found = yield* Effect.either(find(program, searchedFolders(runtime, own)))
    if (Either.isLeft(found)) {
      return failed(place, `${program}: ${found.left}`, INSTALL_IT)
    }
    return Option.match(yield* versionOf(found.right, runtime), {
      onNone: () =>
        warning(
          place,
          `${found.right} says no version within ${VERSION_WITHIN_MS} ms`,
          `Run \`${program} --version\` as the user of the gateway: it may wait for a login, or be another program.`
        ),
      onSome: (version) => ok(place, `${found.right}, ${version}`)
    })
  })

/** A check of each agent that is a program of the command line. `own` are the variables of the gateway. */
export const cliChecks = (
  agents: ReadonlyArray<AgentConfig>,
  own: Variables
): Effect.Effect<ReadonlyArray<Check>, never, ProcessGroup | FileSystem.FileSystem | Path.Path> =>
  Effect.forEach(
    agents.flatMap((agent) => (agent.runtime.type === "cli" ? [{ agent, runtime: agent.runtime }] : [])),
    ({ agent, runtime }) => cliCheck(agent, runtime, own),
    { concurrency: "unbounded" }
  )
