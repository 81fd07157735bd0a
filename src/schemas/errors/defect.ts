/** Failures that nobody foresaw. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** A mistake of the gateway's own ended a part of it, which is begun again. */
export class GatewayDefect extends GatewayError<GatewayDefect>()("GatewayDefect", {
  code: "defect",
  fields: { what: Schema.String },
  message: ({ what }) => `a defect of the gateway ended ${what}`,
  hint: "It is begun again by itself. The log says more; where it happens again, please report it with that."
}) {}
