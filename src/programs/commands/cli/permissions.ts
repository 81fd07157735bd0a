/** `permissions list`, `allow` and `deny`: through the gateway that runs, where the agents wait. */
import { Args, Command, Options } from "@effect/cli"
import { Clock, Effect, type Option } from "effect"
import { configWhenAsked } from "../../../layers/config/configWhenAsked.ts"
import { printSentence } from "../../../layers/terminal/TerminalConsole.ts"
import { decisionMeans } from "../../../schemas/permissionWords.ts"
import { askGateway } from "./gateway.ts"
import * as options from "./options.ts"
import { showDecided, showWaiting } from "./permissionText.ts"
import { printEither } from "./print.ts"
import { configFile } from "./root.ts"

/** By what names accounts and people are called. */
const named = (config: Option.Option<string>) =>
  Effect.flatMap(Effect.flatMap(configFile(config), configWhenAsked), (whenAsked) => whenAsked.config)

const list = Command.make(
  "list",
  {
    decided: Options.boolean("decided").pipe(
      Options.withDescription("Show what was decided, by whom or by what, instead of what waits.")
    ),
    config: options.config,
    json: Options.boolean("json").pipe(
      Options.withDescription("Print an array of objects; times are Unix milliseconds.")
    )
  },
  ({ config, decided, json }) =>
    Effect.gen(function* () {
      const names = yield* named(config)
      const found = yield* askGateway(
        config,
        ({ permissions }) => (decided ? permissions.decided() : permissions.waiting()),
        // What is wrong with the config was said with the names.
        { isQuiet: true }
      )
      const now = yield* Clock.currentTimeMillis
      yield* printEither(json, found, (look) =>
        decided ? showDecided(found, names, look) : showWaiting(found, names, now, look)
      )
    })
).pipe(
  Command.withDescription("Shows what agents wait for an owner's leave for: code, agent, chat and what.")
)

const code = Args.text({ name: "CODE" }).pipe(
  Args.withDescription("The code, in upper or lower case, as the list shows it.")
)

const decision = (name: "allow" | "deny", says: string) =>
  Command.make(name, { code, config: options.config }, ({ code, config }) =>
    Effect.flatMap(
      askGateway(config, ({ permissions }) => permissions[name]({ path: { code: code.trim() } })),
      (record) => printSentence(decisionMeans(record))
    )
  ).pipe(Command.withDescription(says))

export const permissionsCommand = Command.make("permissions").pipe(
  Command.withDescription("What agents ask leave for before they do it, and what was decided."),
  Command.withSubcommands([
    list,
    decision("allow", "Lets an agent do what it asked for, this once."),
    decision("deny", "Refuses what an agent asked for.")
  ])
)
