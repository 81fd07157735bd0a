/** `service install`, `uninstall`, `start`, `stop`, `status` and `print`. */
import { Command, Options } from "@effect/cli"
import { Console, Effect, Option } from "effect"
import { Steering } from "../../../layers/terminal/TerminalConsole.ts"
import { ServiceUnsupported } from "../../../schemas/errors/service.ts"
import { makeDefinition, thisProgram } from "../service/definition.ts"
import { launchd } from "../service/launchd/manager.ts"
import type { Installed, Platform, ServiceManager } from "../service/ServiceManager.ts"
import { showStatus, statusOf } from "../service/status.ts"
import { systemd } from "../service/systemd/manager.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const platform = Options.choice("platform", ["launchd", "systemd"]).pipe(
  Options.withDescription("The service manager. Default: launchd on macOS, systemd on Linux."),
  Options.optional,
  Options.map((given): Platform | undefined => Option.getOrUndefined(given))
)

const managers: { readonly [name in Platform]: ServiceManager } = { launchd, systemd }

const platformOf: { readonly [name: string]: Platform } = { darwin: "launchd", linux: "systemd" }

export const managerFor = (
  given: Platform | undefined
): Effect.Effect<ServiceManager, ServiceUnsupported> => {
  const name = given ?? platformOf[process.platform]
  return name === undefined
    ? Effect.fail(new ServiceUnsupported({ platform: process.platform }))
    : Effect.succeed(managers[name])
}

const shared = { config: options.config, platform }

const HEADINGS: { readonly [started in Installed["started"]]: string } = {
  started: "Installed and started",
  "not started": "Installed, but not started",
  "cannot run yet": "Installed, but it cannot run yet"
}

const install = Command.make("install", shared, ({ config, platform }) =>
  Effect.gen(function* () {
    const manager = yield* managerFor(platform)
    const definition = yield* makeDefinition(yield* configFile(config))
    const { advice, file, started } = yield* manager.install(definition)
    yield* Console.log(
      `${HEADINGS[started]}: ${file}\nIts config is ${definition.configFile}, and it is started at every login from now on.\n\n${advice}`
    )
  })
).pipe(
  Command.withDescription("Installs the gateway as a service of this user, with this config, and starts it.")
)

const print = Command.make("print", shared, ({ config, platform }) =>
  Effect.gen(function* () {
    const manager = yield* managerFor(platform)
    const definition = yield* makeDefinition(yield* configFile(config))
    yield* Console.log(new Steering((yield* manager.render(definition)).trimEnd()))
  })
).pipe(Command.withDescription("Prints the file that install would write, and changes nothing."))

const step = (name: string, description: string, act: (manager: ServiceManager) => ServiceManager["stop"]) =>
  Command.make(name, shared, ({ platform }) =>
    managerFor(platform).pipe(Effect.flatMap(act), Effect.flatMap(Console.log))
  ).pipe(Command.withDescription(description))

const status = Command.make(
  "status",
  { ...shared, json: Options.boolean("json").pipe(Options.withDescription("Print an object.")) },
  ({ config, json, platform }) =>
    Effect.gen(function* () {
      const manager = yield* managerFor(platform)
      const here = yield* thisProgram(yield* configFile(config))
      const seen = yield* statusOf(manager.platform, yield* manager.inspect, here)
      yield* Console.log(json ? JSON.stringify(seen, undefined, 2) : showStatus(seen))
    })
).pipe(
  Command.withDescription("Shows whether the service is installed and runs, with which program and config.")
)

export const serviceCommand = Command.make("service").pipe(
  Command.withDescription("The gateway as a service: launchd on macOS, systemd on Linux."),
  Command.withSubcommands([
    install,
    step("uninstall", "Stops the service and removes it.", ({ uninstall }) => uninstall),
    step("start", "Starts the installed service.", ({ start }) => start),
    step("stop", "Stops the service until the next login.", ({ stop }) => stop),
    status,
    print
  ])
)
