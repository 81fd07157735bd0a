/** `config schema`: for editors. */
import { Command } from "@effect/cli"
import { Console } from "effect"
import { jsonSchema } from "../config/jsonSchema.ts"

const schema = Command.make("schema", {}, () => Console.log(JSON.stringify(jsonSchema(), undefined, 2))).pipe(
  Command.withDescription("Prints a JSON Schema of the config file, for editors.")
)

export const configCommand = Command.make("config").pipe(
  Command.withDescription("About the config file."),
  Command.withSubcommands([schema])
)
