import { Schema } from "effect"
import { GatewayError } from "../../../schemas/errors/GatewayError.ts"

/** The demo did not see what it was waiting for. `log` is the end of the gateway's log. */
export class DemoFailed extends GatewayError<DemoFailed>()("DemoFailed", {
  code: "demo_failed",
  fields: { awaited: Schema.String, log: Schema.String },
  message: ({ awaited, log }) =>
    `the demo waited in vain for ${awaited}; the gateway's log ended with:\n${log}`,
  hint: "Run it again; if it fails again, please report it with the lines above."
}) {}

/** A conversation was asked for where nobody can type. */
export class NotATerminal extends GatewayError<NotATerminal>()("NotATerminal", {
  code: "not_a_terminal",
  fields: {},
  message: "demo --interactive needs a terminal to read from",
  hint: "Run it in a terminal, or leave --interactive out to watch."
}) {}
