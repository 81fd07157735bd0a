/** The JSON Schema of the config file, for editors. */
import { JSONSchema } from "effect"
import { ConfigFile } from "../../schemas/Config.ts"

/** A draft-07 schema with the description and the default of every key. Unknown top-level keys are allowed. */
export const jsonSchema = (): object => ({
  ...JSONSchema.make(ConfigFile),
  title: "The config file of imsg-gateway"
})
