/** Failures about the leave that agents ask for. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** No request waits under a code. */
export class PermissionNotFound extends GatewayError<PermissionNotFound>()("PermissionNotFound", {
  code: "permission_not_found",
  fields: { subject: Schema.String },
  message: ({ subject }) => `no agent waits for leave under the code ${subject}`,
  hint: "It was answered already, its time is over, or the agent was stopped: `imsg-gateway permissions list` shows what waits, and with --decided what was decided."
}) {}
