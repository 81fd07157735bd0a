/** Words that a command cannot take. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** A value of an option or an argument, or what was given together, means nothing. `command` is its name, as it is typed. */
export class UsageWrong extends GatewayError<UsageWrong>()("UsageWrong", {
  code: "usage_wrong",
  fields: { command: Schema.String, detail: Schema.String },
  message: ({ detail }) => detail,
  hint: ({ command }) => `See \`${command} --help\`.`
}) {}
