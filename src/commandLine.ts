/** The command line. */
import { Command } from "@effect/cli"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer } from "effect"
import * as CommandExecutorLive from "./layers/CommandExecutorLive.ts"
import { helpOnTerminal, onTerminal } from "./layers/terminal/TerminalConsole.ts"
import { hoistLogLevel } from "./programs/cli/args.ts"
import { auditCommand } from "./programs/cli/audit.ts"
import { chatsCommand } from "./programs/cli/chats.ts"
import { configCommand } from "./programs/cli/config.ts"
import { deadLettersCommand } from "./programs/cli/deadletters.ts"
import { doctorCommand } from "./programs/cli/doctor.ts"
import { untilItsEnd } from "./programs/cli/Ending.ts"
import { exitCode } from "./programs/cli/exit.ts"
import { historyCommand } from "./programs/cli/history.ts"
import { logsCommand } from "./programs/cli/logs.ts"
import { pairingCommand } from "./programs/cli/pairing.ts"
import { root } from "./programs/cli/root.ts"
import { sendCommand } from "./programs/cli/send.ts"
import { serviceCommand } from "./programs/cli/service.ts"
import { statusCommand } from "./programs/cli/status.ts"
import { demoCommand } from "./programs/demo/Command.ts"
import { isWithoutRpc, refuseRpc, simulatorCommand } from "./programs/simulator/Command.ts"
import { VERSION } from "./version.ts"

const command = root.pipe(
  Command.withSubcommands([
    statusCommand,
    doctorCommand,
    chatsCommand,
    historyCommand,
    sendCommand,
    pairingCommand,
    deadLettersCommand,
    auditCommand,
    configCommand,
    serviceCommand,
    logsCommand,
    demoCommand,
    simulatorCommand
  ]),
  Command.transformHandler(onTerminal)
)

const cli = Command.run(command, { name: "imsg-gateway", version: VERSION })

const program = isWithoutRpc(process.argv.slice(2))
  ? refuseRpc
  : helpOnTerminal(cli(hoistLogLevel(process.argv)))

program.pipe(
  Effect.provide(Layer.provideMerge(CommandExecutorLive.layer, NodeContext.layer)),
  untilItsEnd,
  onTerminal,
  NodeRuntime.runMain({
    disableErrorReporting: true,
    disablePrettyLogger: true,
    teardown: (exit, onExit) => onExit(exitCode(exit))
  })
)
