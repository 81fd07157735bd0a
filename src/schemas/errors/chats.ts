/** Failures about chats. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** A chat that is to be resumed is not paused. */
export class ChatNotPaused extends GatewayError<ChatNotPaused>()("ChatNotPaused", {
  code: "chat_not_paused",
  fields: { chat: Schema.String },
  message: ({ chat }) => `${chat} is not paused`,
  hint: "`imsg-gateway status` names the chats that are paused, and their accounts."
}) {}
