/**
 * Starts programs with a short list of the gateway's own variables, and with what their commands name. The gateway's
 * environment holds the page's token, and the keys that its config reads for one agent or another: nobody else is to
 * have them. Whatever starts a program asks the platform for it, so this is the one way.
 */
import { Command, CommandExecutor } from "@effect/platform"
import { Effect, Layer } from "effect"
import { named, type Variables } from "../config/environment.ts"

/** What every program gets. */
const SHARED = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_*", "TMPDIR", "TZ"]

const withShared = (command: Command.Command, variables: Variables): Command.Command =>
  command._tag === "PipedCommand"
    ? Command.pipeTo(withShared(command.left, variables), withShared(command.right, variables))
    : Command.env(
        command,
        { ...named(variables, SHARED), ...Object.fromEntries(command.env) },
        { extendEnv: false }
      )

/** The platform's executor, but for what it lets programs inherit. */
export const layer: Layer.Layer<CommandExecutor.CommandExecutor, never, CommandExecutor.CommandExecutor> =
  Layer.effect(
    CommandExecutor.CommandExecutor,
    Effect.map(CommandExecutor.CommandExecutor, ({ start }) =>
      CommandExecutor.makeExecutor((command) => Effect.suspend(() => start(withShared(command, process.env))))
    )
  )
