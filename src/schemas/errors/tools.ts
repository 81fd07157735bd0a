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

/** Who asks works for no turn now, and has no chat without one. */
export class NoChatGranted extends GatewayError<NoChatGranted>()("NoChatGranted", {
  code: "no_chat_granted",
  fields: {},
  message: "no chat is open to this token now",
  hint: "An agent has the chat of the turn that it works on, until it has answered."
}) {}

/** There is no such chat in the database of an account. */
export class ChatNotFound extends GatewayError<ChatNotFound>()("ChatNotFound", {
  code: "chat_not_found",
  fields: { chat: Schema.String, account: Schema.String },
  message: ({ account, chat }) => `there is no chat ${chat} in the account ${account}`,
  hint: "`list_chats` names those that there are. An id is of one account; to write to somebody new give `to`."
}) {}

/** There is no such message in a chat, or none that who asks may see. */
export class MessageNotFound extends GatewayError<MessageNotFound>()("MessageNotFound", {
  code: "message_not_found",
  fields: { guid: Schema.String, chat: Schema.String, newest: Schema.Int },
  message: ({ chat, guid, newest }) =>
    `there is no message ${guid} among the newest ${newest} of the chat ${chat}`,
  hint: "`read_messages` has the `guid` of each message. One of another chat cannot be named here."
}) {}

/** A message that whoever calls did not send is not theirs to change. */
export class MessageNotOwn extends GatewayError<MessageNotOwn>()("MessageNotOwn", {
  code: "message_not_own",
  fields: { guid: Schema.String },
  message: ({ guid }) => `you did not send the message ${guid} through the gateway`,
  hint: "Only what you yourself sent through the gateway, in this chat, can be edited or taken back: say something new instead."
}) {}

/** What is done to groups cannot be done to a chat with one person. */
export class ChatNotGroup extends GatewayError<ChatNotGroup>()("ChatNotGroup", {
  code: "chat_not_group",
  fields: { chat: Schema.String },
  message: ({ chat }) => `the chat ${chat} is no group`,
  hint: "`list_chats` says which chats are. To have several people in one chat use `create_chat`."
}) {}

/** The Mac of an account makes no chats. */
export class ChatNotCreatable extends GatewayError<ChatNotCreatable>()("ChatNotCreatable", {
  code: "chat_not_creatable",
  fields: { account: Schema.String },
  message: ({ account }) =>
    `the Mac of the account ${account} cannot make chats: imsg has no private bridge there now`,
  hint: "Write to each person with `send_message` and `to`. Or ask your user to make the group in Messages; once somebody has written in it `list_chats` shows it."
}) {}

/** Who asks may not write to this person. */
export class PersonNotGranted extends GatewayError<PersonNotGranted>()("PersonNotGranted", {
  code: "person_not_granted",
  fields: { to: Schema.String },
  message: ({ to }) => `this token may not write to ${to}`,
  hint: "With the scope `chat` only those are written to whom the gateway's config lets in. `list_chats` names their chats."
}) {}

/** The build of imsg that an account has cannot search. */
export class SearchUnsupported extends GatewayError<SearchUnsupported>()("SearchUnsupported", {
  code: "search_unsupported",
  fields: { account: Schema.String, version: Schema.optional(Schema.String) },
  message: ({ account, version }) =>
    `the imsg of the account ${account}${version === undefined ? "" : `, version ${version},`} cannot search: that needs 0.14 or newer`,
  hint: "Read the chats with `read_messages` instead. On the Mac `brew upgrade imsg` brings a version that can search."
}) {}

/** No delivery of this id is known, or not to who asks. */
export class DeliveryNotFound extends GatewayError<DeliveryNotFound>()("DeliveryNotFound", {
  code: "delivery_not_found",
  fields: { delivery: Schema.String },
  message: ({ delivery }) => `no delivery ${delivery} is known to this token`,
  hint: "Give the `delivery_id` that a tool answered. What was sent long ago is forgotten."
}) {}

/** A text of an agent makes more messages than its answers may. */
export class MessageTooLong extends GatewayError<MessageTooLong>()("MessageTooLong", {
  code: "message_too_long",
  fields: { parts: Schema.Int, most: Schema.Int },
  message: ({ most, parts }) =>
    `the text would be sent in ${parts} messages, and ${most} are allowed at once`,
  hint: "Say it in fewer words."
}) {}

/** A chat was sent as much as it may be in a day. */
export class BudgetUsedUp extends GatewayError<BudgetUsedUp>()("BudgetUsedUp", {
  code: "budget_used_up",
  fields: { chat: Schema.String },
  message: ({ chat }) => `${chat} was sent as many messages within 24 hours as messages.budget.parts allows`,
  hint: "Nothing more can be sent there for now. The owner can raise messages.budget.parts in the config."
}) {}
