/** The command without a name: the gateway itself. */
import { Command } from "@effect/cli"
import { Effect, Option } from "effect"
import * as options from "./options.ts"

export const root = Command.make(
  "imsg-gateway",
  { config: options.config, logFormat: options.logFormat, logFile: options.logFile, trace: options.trace },
  // The gateway is loaded where it is run: every command needs this one, for the options that stand before it.
  (given) =>
    Effect.flatMap(
      Effect.promise(() => import("./run.ts")),
      ({ run }) => run(given)
    )
).pipe(Command.withDescription("Connects Apple Messages to agents. Without a command it runs the gateway."))

/** The config file of a subcommand: its own `--config`, else the one that stands before the subcommand. */
export const configFile = (own: Option.Option<string>) =>
  Effect.map(root, ({ config }) => Option.orElse(own, () => config))
