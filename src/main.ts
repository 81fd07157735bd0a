/** The command line. */
import { Command } from "@effect/cli"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { hoistLogLevel } from "./programs/cli/args.ts"
import { configCommand } from "./programs/cli/config.ts"
import { exitCode, report } from "./programs/cli/exit.ts"
import * as options from "./programs/cli/options.ts"
import { run } from "./programs/cli/run.ts"
import { isWithoutRpc, refuseRpc, simulatorCommand } from "./programs/simulator/Command.ts"

const command = Command.make(
  "imsg-gateway",
  { config: options.config, logFormat: options.logFormat },
  run
).pipe(
  Command.withDescription("Connects Apple Messages to agents. Without a command it runs the gateway."),
  Command.withSubcommands([configCommand, simulatorCommand])
)

const cli = Command.run(command, { name: "imsg-gateway", version: "0.1.0" })

const program = isWithoutRpc(process.argv.slice(2)) ? refuseRpc : cli(hoistLogLevel(process.argv))

program.pipe(
  Effect.tapErrorCause(report),
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    disablePrettyLogger: true,
    teardown: (exit, onExit) => onExit(exitCode(exit))
  })
)
