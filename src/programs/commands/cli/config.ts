/** `config check`, `config reload`, and `config schema` for editors. */
import { Command, Options } from "@effect/cli"
import { Console, Effect } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import { jsonSchema } from "../config/jsonSchema.ts"
import { askGateway } from "./gateway.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const schema = Command.make("schema", {}, () => Console.log(JSON.stringify(jsonSchema(), undefined, 2))).pipe(
  Command.withDescription("Prints a JSON Schema of the config file, for editors.")
)

interface Change {
  readonly added: ReadonlyArray<string>
  readonly removed: ReadonlyArray<string>
  readonly changed: ReadonlyArray<string>
  readonly others: boolean
}

const inText = ({ added, changed, others, removed }: Change): string => {
  const named = (what: string, ids: ReadonlyArray<string>) =>
    ids.length === 0 ? [] : [`${what} ${ids.join(", ")}`]
  const accounts = [...named("added", added), ...named("removed", removed), ...named("started anew", changed)]
  if (accounts.length === 0 && !others) return "The config is the same; nothing was touched."
  return [
    "The config was read again.",
    accounts.length === 0 ? "No account was touched." : `Accounts: ${accounts.join("; ")}.`
  ].join(" ")
}

const reload = Command.make(
  "reload",
  {
    config: options.config,
    json: Options.boolean("json").pipe(Options.withDescription("Print what changed as an object."))
  },
  ({ config, json }) =>
    askGateway(config, (client) => client.reload(), { isQuiet: true }).pipe(
      Effect.flatMap((change) => Console.log(json ? JSON.stringify(change, undefined, 2) : inText(change)))
    )
).pipe(
  Command.withDescription(
    "Has the gateway that runs read its config again. Accounts that are the same are not touched."
  )
)

const check = Command.make(
  "check",
  {
    config: options.config,
    json: Options.boolean("json").pipe(
      Options.withDescription("Print an object: {ok, file, problems: [{path, message}], warnings}.")
    )
  },
  ({ config, json }) =>
    Effect.gen(function* () {
      const path = yield* configFile(config)
      const { file, warnings } = yield* ConfigFile.load(path).pipe(
        Effect.tapError(({ file, problems }) =>
          json
            ? Console.log(JSON.stringify({ ok: false, file, problems, warnings: [] }, undefined, 2))
            : Effect.void
        )
      )
      yield* Console.log(
        json
          ? JSON.stringify({ ok: true, file, problems: [], warnings }, undefined, 2)
          : [`${file} has no mistakes.`, ...warnings.map((warning) => `But ${warning}.`)].join("\n")
      )
    })
).pipe(
  Command.withDescription(
    "Says whether the config file is right, and what is not. Exits 2 where something is wrong."
  )
)

export const configCommand = Command.make("config").pipe(
  Command.withDescription("About the config file."),
  Command.withSubcommands([check, reload, schema])
)
