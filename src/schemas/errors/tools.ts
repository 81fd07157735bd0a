/** Failures of tools, as whoever calls one is told of them. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** There is no such tool, or not for who asks. */
export class ToolNotFound extends GatewayError<ToolNotFound>()("ToolNotFound", {
  code: "tool_not_found",
  fields: { tool: Schema.String, known: Schema.Array(Schema.String) },
  message: ({ tool }) => `there is no tool ${tool} for this token`,
  hint: ({ known }) =>
    known.length === 0 ? "The token has no scope that any tool needs." : `There are ${known.join(", ")}.`
}) {}

/** What a tool was given is none of what it takes. */
export class ToolInputInvalid extends GatewayError<ToolInputInvalid>()("ToolInputInvalid", {
  code: "tool_input_invalid",
  fields: { tool: Schema.String, detail: Schema.String },
  message: ({ detail, tool }) => `${tool} cannot take this: ${detail}`,
  hint: "The tool's input schema says what it takes."
}) {}

/** Who asks may not see this chat, or nobody does. */
export class ChatNotGranted extends GatewayError<ChatNotGranted>()("ChatNotGranted", {
  code: "chat_not_granted",
  fields: { chat: Schema.String },
  message: ({ chat }) => `the chat ${chat} is not open to this token`,
  hint: "`list_chats` names those that are."
}) {}
