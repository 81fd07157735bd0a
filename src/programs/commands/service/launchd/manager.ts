/** launchd: an agent of the user, which runs while they are signed in. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { grants } from "../advice.ts"
import { home, LABEL, missingVariables } from "../definition.ts"
import * as files from "../files.ts"
import { programOf } from "../programOf.ts"
import type { ServiceManager } from "../ServiceManager.ts"
import * as launchctl from "./launchctl.ts"
import * as propertyList from "./propertyList.ts"

/** How long, in s, an agent of unknown settings, or without a limit, may take to end. */
const STOP_SECONDS = 60
/** How long, in s, launchd may take to kill what has not ended in time, and to forget it. */
const KILL_SECONDS = 5

const agentFile = Effect.gen(function* () {
  const path = yield* Path.Path
  return path.join(yield* home, "Library", "LaunchAgents", `${LABEL}.plist`)
})

/** The agent of a file; none where it cannot be understood. */
const agentIn = (file: string, xml: string) => Effect.option(propertyList.parse(file, xml))

/** Stops the agent that was installed, in the time that it allows itself. 0 stands for no limit. */
const stopped = (installed: Option.Option<propertyList.Agent>) => {
  const seconds = Option.getOrUndefined(installed)?.ExitTimeOut ?? 0
  return launchctl.bootout((seconds > 0 ? seconds : STOP_SECONDS) + KILL_SECONDS)
}

const variableWarning = (names: ReadonlyArray<string>, file: string): string =>
  names.length === 0
    ? ""
    : `Warning: the config reads ${names.join(", ")} from the environment, which launchd does not set: it is tried every ${propertyList.THROTTLE_SECONDS} seconds, and ends at once. Add ${names.length === 1 ? "it" : "them"} to EnvironmentVariables in ${file} (a later install keeps what you add), or write the value into the config, then run \`imsg-gateway service stop\` and \`service start\`.\n\n`

export const launchd: ServiceManager = {
  platform: "launchd",
  render: (definition) => propertyList.render(definition),
  install: (definition) =>
    Effect.gen(function* () {
      const file = yield* agentFile
      // One that cannot be understood is replaced.
      const before = Option.flatten(
        yield* Effect.transposeMapOption(yield* files.read(file), (xml) => agentIn(file, xml))
      )
      const variables = Option.match(before, {
        onNone: () => ({}),
        onSome: (agent) => propertyList.foreignVariables(agent.EnvironmentVariables)
      })
      yield* files.makeLogDir(definition.output)
      // Variables may be secrets.
      yield* files.write(file, yield* propertyList.render(definition, variables), 0o600)
      yield* stopped(before)
      yield* launchctl.bootstrap(file)
      const missing = yield* missingVariables(definition, Object.keys(variables))
      const fs = yield* FileSystem.FileSystem
      const program = yield* Effect.orElseSucceed(fs.realPath(definition.program), () => definition.program)
      return {
        file,
        started: missing.length === 0 ? "started" : "cannot run yet",
        advice: `${variableWarning(missing, file)}${grants(program)}`
      }
    }),
  uninstall: Effect.gen(function* () {
    const file = yield* agentFile
    yield* stopped(yield* agentIn(file, yield* files.demand(file)))
    yield* files.remove(file)
    return `The service is stopped, and ${file} is removed. What the gateway keeps, logs included, stays in its state folder.`
  }),
  start: Effect.gen(function* () {
    const file = yield* agentFile
    yield* files.demand(file)
    const loaded = yield* launchctl.print
    if (Option.isNone(loaded)) {
      yield* launchctl.bootstrap(file)
      return "The service is started."
    }
    const { pid } = launchctl.parsePrint(loaded.value)
    if (pid !== undefined) return `The service is running already (pid ${pid}).`
    yield* launchctl.kickstart
    return "The service is started."
  }),
  stop: Effect.gen(function* () {
    const file = yield* agentFile
    yield* stopped(yield* agentIn(file, yield* files.demand(file)))
    return "The service is stopped. It starts again with `imsg-gateway service start`, and at the next login."
  }),
  inspect: Effect.gen(function* () {
    const file = yield* agentFile
    const xml = yield* files.read(file)
    const agent = yield* Effect.transposeMapOption(xml, (text) => propertyList.parse(file, text))
    const loaded = yield* launchctl.print
    const seen = Option.match(loaded, {
      onNone: () => ({ state: undefined, pid: undefined, lastExitCode: undefined, lastSignal: undefined }),
      onSome: launchctl.parsePrint
    })
    return {
      file,
      installed: Option.getOrUndefined(
        Option.map(agent, ({ ProgramArguments }) => programOf(ProgramArguments))
      ),
      loaded: Option.isSome(loaded),
      ...seen
    }
  })
}
