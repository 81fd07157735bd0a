/** How `setup` refuses. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** A step cannot go on as it is. */
export class SetupStuck extends GatewayError<SetupStuck>()("SetupStuck", {
  code: "setup_stuck",
  fields: { step: Schema.String, problem: Schema.String, remedy: Schema.String },
  message: ({ problem, step }) => `${step}: ${problem}`,
  hint: ({ remedy }) => remedy
}) {}

/** Nobody is there who could be asked. `why` says what stands in the way. */
export class SetupNotAsked extends GatewayError<SetupNotAsked>()("SetupNotAsked", {
  code: "setup_not_asked",
  fields: { why: Schema.String },
  message: ({ why }) => `setup asks questions, and ${why}`,
  hint: "Run it in a terminal. In a script say --yes, which takes what is usual, and what cannot be guessed: `imsg-gateway setup --yes --owner +15555550123`."
}) {}
