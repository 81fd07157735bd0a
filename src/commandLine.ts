/** The command line. */
import { Command } from "@effect/cli"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer } from "effect"
import * as CommandExecutorLive from "./layers/process/CommandExecutorLive.ts"
import { helpOnTerminal, onTerminal } from "./layers/terminal/TerminalConsole.ts"
import { hoistLogLevel } from "./programs/commands/cli/args.ts"
import { auditCommand } from "./programs/commands/cli/audit.ts"
import { chatsCommand } from "./programs/commands/cli/chats.ts"
import { configCommand } from "./programs/commands/cli/config.ts"
import { conversationsCommand } from "./programs/commands/cli/conversations.ts"
import { deadLettersCommand } from "./programs/commands/cli/deadletters.ts"
import { doctorCommand } from "./programs/commands/cli/doctor.ts"
import { untilItsEnd } from "./programs/commands/cli/Ending.ts"
import { exitCode } from "./programs/commands/cli/exit.ts"
import { historyCommand } from "./programs/commands/cli/history.ts"
import { logsCommand } from "./programs/commands/cli/logs.ts"
import { pairingCommand } from "./programs/commands/cli/pairing.ts"
import { root } from "./programs/commands/cli/root.ts"
import { sendCommand } from "./programs/commands/cli/send.ts"
import { serviceCommand } from "./programs/commands/cli/service.ts"
import { statusCommand } from "./programs/commands/cli/status.ts"
import { tokensCommand } from "./programs/commands/cli/tokens.ts"
import { demoCommand } from "./programs/commands/demo/Command.ts"
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
    conversationsCommand,
    auditCommand,
    tokensCommand,
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
