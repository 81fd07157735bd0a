/** The JSON Schema of the config file, for editors. */
import { JSONSchema } from "effect"
import { ConfigFile } from "../../../schemas/Config.ts"
import { otherGroupKeys } from "../../../schemas/config/groups.ts"
import { otherAccountKeys, otherCatchupKeys } from "../../../schemas/config/otherGateways.ts"
import type { OtherKeys } from "../../../schemas/config/values.ts"

/** The sections that know all their keys, and the keys of other gateways that may stand there all the same. */
const closed: ReadonlyArray<readonly [definition: string, others: OtherKeys]> = [
  ["Imessage", otherAccountKeys],
  ["Account", otherAccountKeys],
  ["Catchup", otherCatchupKeys],
  ["Group", otherGroupKeys]
]

const withOtherKeys = (definition: JSONSchema.JsonSchema7, others: OtherKeys): object =>
  "properties" in definition
    ? {
        ...definition,
        properties: {
          ...Object.fromEntries(
            [...others.keys()].map((key) => [key, { description: "A key of other gateways; it is ignored." }])
          ),
          ...definition.properties
        }
      }
    : definition

/** A draft-07 schema with the description and the default of every key. Unknown top-level keys are allowed. */
export const jsonSchema = (): object => {
  const schema = JSONSchema.make(ConfigFile)
  const definitions = schema.$defs ?? {}
  return {
    ...schema,
    title: "The config file of imsg-gateway",
    $defs: {
      ...definitions,
      ...Object.fromEntries(
        closed.flatMap(([name, others]) => {
          const definition = definitions[name]
          return definition === undefined ? [] : [[name, withOtherKeys(definition, others)]]
        })
      )
    }
  }
}
