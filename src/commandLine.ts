/** Runs the command that was asked for. What is asked of the command line itself `main.ts` has answered. */
import { ValidationError } from "@effect/cli"
import type { CommandExecutor, FileSystem, Path, Terminal } from "@effect/platform"
import * as NodeCommandExecutor from "@effect/platform-node/NodeCommandExecutor"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer } from "effect"
import * as CommandExecutorLive from "./layers/process/CommandExecutorLive.ts"
import { onTerminal, silently } from "./layers/terminal/TerminalConsole.ts"
import * as TerminalLate from "./layers/terminal/TerminalLate.ts"
import { alone, commands, isCommandName } from "./programs/commands/cli/all.ts"
import { hoistLogLevel } from "./programs/commands/cli/args.ts"
import { type Ending, untilItsEnd } from "./programs/commands/cli/Ending.ts"
import { exitCode } from "./programs/commands/cli/exit.ts"
import { plainWords } from "./programs/commands/line/plainWords.ts"
import { UsageWrong } from "./schemas/errors/usage.ts"
import { PROGRAM } from "./version.ts"

/** What commands ask of the system. */
type Platform = CommandExecutor.CommandExecutor | FileSystem.FileSystem | Path.Path | Terminal.Terminal

const platform: Layer.Layer<Platform> = CommandExecutorLive.layer.pipe(
  Layer.provideMerge(NodeCommandExecutor.layer),
  Layer.provideMerge(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, TerminalLate.layer))
)

/**
 * Runs a command, named by the words of it and of those that it stands in; without any the gateway itself. Most that can be
 * wrong about the rest is answered before: what only a command can tell fails here, as any other failure.
 */
export const runCommand = async (words: ReadonlyArray<string>): Promise<void> => {
  const [name] = words
  const { manner, run } = name !== undefined && isCommandName(name) ? await commands[name]() : alone
  const parsed: Effect.Effect<void, unknown, Ending | Platform> = run(hoistLogLevel(process.argv))
  parsed.pipe(
    // Of what the parser refuses the report speaks, in one place for all commands.
    silently,
    Effect.mapError((error) =>
      ValidationError.isValidationError(error)
        ? new UsageWrong({ command: [PROGRAM, ...words].join(" "), detail: plainWords(error.error) })
        : error
    ),
    Effect.provide(platform),
    (command) => untilItsEnd(command, manner),
    onTerminal,
    NodeRuntime.runMain({
      disableErrorReporting: true,
      disablePrettyLogger: true,
      teardown: (exit, onExit) => onExit(exitCode(exit))
    })
  )
}
