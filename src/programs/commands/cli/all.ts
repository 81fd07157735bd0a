/** Every command, in the order in which help shows them. Each is loaded when it is asked for, and no other. */
import { Command } from "@effect/cli"
import { onTerminal } from "../../../layers/terminal/TerminalConsole.ts"
import { VERSION } from "../../../version.ts"
import { Manner, TASK } from "./Ending.ts"
import { root } from "./root.ts"

const PROGRAM = { name: "imsg-gateway", version: VERSION }

/** The program as if it had this command only: what the words mean is the same, and no other has to be loaded. */
const withOnly = <Name extends string, R, E, A>(command: Command.Command<Name, R, E, A>) => ({
  command,
  manner: TASK,
  run: root.pipe(
    Command.withSubcommands([command]),
    Command.transformHandler(onTerminal),
    Command.run(PROGRAM)
  )
})

/** The program without a command: the gateway, whose good end is a signal, also while it starts. */
export const alone = {
  command: root,
  manner: Manner.Daemon(),
  run: root.pipe(Command.transformHandler(onTerminal), Command.run(PROGRAM))
}

export const commands = {
  setup: () => import("./setup.ts").then(({ setupCommand }) => withOnly(setupCommand)),
  status: () => import("./status.ts").then(({ statusCommand }) => withOnly(statusCommand)),
  doctor: () => import("./doctor.ts").then(({ doctorCommand }) => withOnly(doctorCommand)),
  chats: () => import("./chats.ts").then(({ chatsCommand }) => withOnly(chatsCommand)),
  history: () => import("./history.ts").then(({ historyCommand }) => withOnly(historyCommand)),
  why: () => import("./why.ts").then(({ whyCommand }) => withOnly(whyCommand)),
  send: () => import("./send.ts").then(({ sendCommand }) => withOnly(sendCommand)),
  pairing: () => import("./pairing.ts").then(({ pairingCommand }) => withOnly(pairingCommand)),
  permissions: () =>
    import("./permissions.ts").then(({ permissionsCommand }) => withOnly(permissionsCommand)),
  deadletters: () =>
    import("./deadletters.ts").then(({ deadLettersCommand }) => withOnly(deadLettersCommand)),
  conversations: () =>
    import("./conversations.ts").then(({ conversationsCommand }) => withOnly(conversationsCommand)),
  agent: () => import("./agent.ts").then(({ agentCommand }) => withOnly(agentCommand)),
  audit: () => import("./audit.ts").then(({ auditCommand }) => withOnly(auditCommand)),
  tokens: () => import("./tokens.ts").then(({ tokensCommand }) => withOnly(tokensCommand)),
  mcp: () => import("./mcp.ts").then(({ mcpCommand }) => withOnly(mcpCommand)),
  config: () => import("./config.ts").then(({ configCommand }) => withOnly(configCommand)),
  cluster: () => import("./cluster.ts").then(({ clusterCommand }) => withOnly(clusterCommand)),
  service: () => import("./service.ts").then(({ serviceCommand }) => withOnly(serviceCommand)),
  logs: () => import("./logs.ts").then(({ logsCommand }) => withOnly(logsCommand)),
  support: () => import("./support.ts").then(({ supportCommand }) => withOnly(supportCommand)),
  demo: () => import("../demo/Command.ts").then(({ demoCommand }) => withOnly(demoCommand)),
  simulator: () =>
    import("../../simulator/Command.ts").then(({ simulatorCommand }) => withOnly(simulatorCommand))
}

/** Whether this is the name of a command. */
export const isCommandName = (name: string): name is keyof typeof commands => Object.hasOwn(commands, name)
