/** Failures about chats. */
import { Schema } from "effect"

/** A chat that is to be resumed is not paused. */
export class ChatNotPaused extends Schema.TaggedError<ChatNotPaused>()("ChatNotPaused", {
  chat: Schema.String
}) {
  readonly code = "chat_not_paused"
  override get message(): string {
    return `${this.chat} is not paused`
  }
  get hint(): string {
    return "`imsg-gateway status` names the chats that are paused, and their accounts."
  }
}
