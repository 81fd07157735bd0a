/** What programs may have the gateway do: the tools of its MCP server. */
import { JSONSchema, Schema } from "effect"
import type { Scope } from "./Grant.ts"
import { inputs, type ToolName } from "./toolInputs.ts"

/** The most that a text, and a whole answer, of a tool may have, in bytes of UTF-8. */
export const TEXT_BYTES = 4 * 1024
export const RESULT_BYTES = 32 * 1024

/** What is said of a tool to who may call it. */
export interface Tool<Name extends ToolName = ToolName> {
  readonly name: Name
  readonly title: string
  readonly description: string
  readonly input: (typeof inputs)[Name]
  /** One of these scopes is needed. */
  readonly scopes: ReadonlyArray<Scope>
  /** Whether it changes nothing. */
  readonly readOnly: boolean
  /** Whether what it does is gone or seen for good: clients ask before it. */
  readonly destructive?: true
  /** Whether it makes another chat: who has one chat alone has no such tool. */
  readonly makesChat?: true
}

const tool = <Name extends ToolName>(name: Name, said: Omit<Tool, "name" | "input">): Tool<Name> => ({
  name,
  input: inputs[name],
  ...said
})

/** Who may send may do the rest that is done to messages too. */
const WRITING: ReadonlyArray<Scope> = ["chat", "send"]
const NOT_EVERYWHERE = "Where the Mac cannot do it nothing is done, and the state is `left_out`."

/**
 * All of them, in the order in which they are listed. It is the same list whatever the Macs can do: that changes while they
 * run, and differs from account to account, and clients ask once. What cannot be done is said to who asks for it.
 */
export const TOOLS = {
  list_chats: tool("list_chats", {
    title: "List chats",
    description: "The chats in Messages, last spoken in first, with who is in them.",
    scopes: ["chat", "read"],
    readOnly: true
  }),
  read_messages: tool("read_messages", {
    title: "Read messages",
    description: "The newest messages of a chat, oldest of them first. Long texts are cut.",
    scopes: ["chat", "read"],
    readOnly: true
  }),
  search_messages: tool("search_messages", {
    title: "Search messages",
    description: "Messages of every chat whose text contains a query, newest first.",
    scopes: ["read"],
    readOnly: true
  }),
  send_message: tool("send_message", {
    title: "Send a message",
    description:
      "Sends a text to a chat (`chat_id`) or to somebody (`to`), durably, and answers whether it was sent: `sent`, `waiting`, `uncertain` or `failed`. Where the Mac cannot do `reply_to` or `effect` the text goes without, and `left_out` says so. Give an `idempotency_key` where you may have to try again.",
    scopes: WRITING,
    readOnly: false
  }),
  send_poll: tool("send_poll", {
    title: "Send a poll",
    description:
      "Asks a chat a question with options to vote for. Where the Mac has no polls it goes as a text with numbered options, and `left_out` says so.",
    scopes: WRITING,
    readOnly: false
  }),
  react: tool("react", {
    title: "React to a message",
    description: `Puts a tapback on a message, or takes one back. ${NOT_EVERYWHERE}`,
    scopes: WRITING,
    readOnly: false
  }),
  edit_message: tool("edit_message", {
    title: "Edit a message",
    description: `Changes what a message says that you sent through the gateway, at most 15 minutes ago. ${NOT_EVERYWHERE}`,
    scopes: WRITING,
    readOnly: false,
    destructive: true
  }),
  unsend_message: tool("unsend_message", {
    title: "Take a message back",
    description: `Takes back a message that you sent through the gateway, at most 2 minutes ago. ${NOT_EVERYWHERE}`,
    scopes: WRITING,
    readOnly: false,
    destructive: true
  }),
  vote: tool("vote", {
    title: "Vote in a poll",
    description: `Votes for an option of a poll, or takes the vote back. ${NOT_EVERYWHERE}`,
    scopes: WRITING,
    readOnly: false
  }),
  rename_group: tool("rename_group", {
    title: "Rename a group",
    description: `Gives a group another name. ${NOT_EVERYWHERE}`,
    scopes: ["group"],
    readOnly: false,
    destructive: true
  }),
  set_group_icon: tool("set_group_icon", {
    title: "Set the icon of a group",
    description: `Gives a group another icon, or removes it. ${NOT_EVERYWHERE}`,
    scopes: ["group"],
    readOnly: false,
    destructive: true
  }),
  add_to_group: tool("add_to_group", {
    title: "Add somebody to a group",
    description: `Adds a person to a group: they see what is said there from then on. ${NOT_EVERYWHERE}`,
    scopes: ["group"],
    readOnly: false
  }),
  remove_from_group: tool("remove_from_group", {
    title: "Remove somebody from a group",
    description: `Removes a person from a group. ${NOT_EVERYWHERE}`,
    scopes: ["group"],
    readOnly: false,
    destructive: true
  }),
  leave_group: tool("leave_group", {
    title: "Leave a group",
    description: `Leaves a group for good: only its members can bring the account back, and nothing can be said there after it. ${NOT_EVERYWHERE}`,
    scopes: ["group"],
    readOnly: false,
    destructive: true
  }),
  create_chat: tool("create_chat", {
    title: "Create a group chat",
    description:
      "Makes a chat with two or more people, perhaps with a first message in it. Refused where the Mac cannot do it. To write to one person use `send_message` with `to`.",
    scopes: ["group"],
    readOnly: false,
    makesChat: true
  }),
  get_delivery: tool("get_delivery", {
    title: "Look up a delivery",
    description: "What became of what was sent or done, by the `delivery_id` that its tool answered.",
    scopes: ["chat", "send", "group"],
    readOnly: true
  }),
  wait_for_messages: tool("wait_for_messages", {
    title: "Wait for messages",
    description:
      "Waits until somebody writes, and answers what they wrote; nothing where nobody does in time. Give the `after` of the answer to the next call, and nothing is missed.",
    scopes: ["chat", "read"],
    readOnly: true
  }),
  list_pairings: tool("list_pairings", {
    title: "List pairing requests",
    description: "Who asks to be let in. They are approved by the owner, never by a tool.",
    scopes: ["admin"],
    readOnly: true
  })
} satisfies { readonly [Name in ToolName]: Tool<Name> }

/** What a tool takes, as JSON Schema without references. */
export const inputSchemaOf = (tool: Tool): JSONSchema.JsonSchema7Root =>
  JSONSchema.make(Schema.make(tool.input.ast))

export const isToolName = (name: string): name is ToolName => Object.hasOwn(TOOLS, name)
