/** Failures about conversations. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** There is no conversation of this number, or not any more. */
export class ConversationNotFound extends GatewayError<ConversationNotFound>()("ConversationNotFound", {
  code: "conversation_not_found",
  fields: { number: Schema.Int },
  message: ({ number }) => `there is no conversation ${number}`,
  hint: "`imsg-gateway conversations list` shows those that there are; one that begins anew has another number."
}) {}
