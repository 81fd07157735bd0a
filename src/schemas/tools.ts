/** What programs may have the gateway do: the tools of its MCP server, and what each takes. */
import { JSONSchema, Schema } from "effect"
import type { Scope } from "./Grant.ts"

/** The most that a text, and a whole answer, of a tool may have, in bytes of UTF-8. */
export const TEXT_BYTES = 4 * 1024
export const RESULT_BYTES = 32 * 1024

/** `Schema.Int` becomes a reference in JSON Schema, whose bounds clients ignore; this does not. */
const whole = (from: number, to: number, description: string) =>
  Schema.Number.pipe(Schema.int(), Schema.between(from, to)).annotations({ description })
const text = (description: string) => Schema.String.annotations({ description })
const maybe = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

const account = maybe(text("The account, by its id. Else the only one, or the default one."))
const chatId = whole(1, Number.MAX_SAFE_INTEGER, "The chat, by its `chat_id` as `list_chats` has it.")

/** Stands for every account, where several can be meant. */
export const EVERY_ACCOUNT = "*"

/** What a tool takes. */
const inputs = {
  list_chats: Schema.Struct({
    account: maybe(
      text(
        `The account, by its id, or "${EVERY_ACCOUNT}" for all of them. Else the only one, or the default one.`
      )
    ),
    limit: maybe(whole(1, 100, "How many at most, last spoken in first; 20 unless told."))
  }),
  read_messages: Schema.Struct({
    account,
    chat_id: chatId,
    limit: maybe(whole(1, 100, "How many at most, the newest; 20 unless told."))
  }),
  search_messages: Schema.Struct({
    account,
    query: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(200)).annotations({
      description: "What the text of a message contains, in any case."
    }),
    limit: maybe(whole(1, 50, "How many at most, newest first; 20 unless told."))
  }),
  send_message: Schema.Struct({
    account,
    chat_id: maybe(chatId),
    to: maybe(
      text(
        "Else whom to write to: a phone number in international form, an email, or another target as the gateway prints it. Who may write to one chat only can leave out both."
      )
    ),
    text: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(20_000)).annotations({
      description: "What to say, as plain text: Messages shows no markdown."
    }),
    idempotency_key: maybe(
      Schema.String.pipe(Schema.minLength(1), Schema.maxLength(200)).annotations({
        description:
          "A name for this message of your own: asked again under the same one, nothing is sent twice."
      })
    ),
    wait_ms: maybe(
      whole(0, 60_000, "How long to wait until it is known whether it was sent; 10000 unless told.")
    )
  }),
  get_delivery: Schema.Struct({
    delivery_id: text("The `delivery_id` that `send_message` answered.")
  }),
  wait_for_messages: Schema.Struct({
    account,
    chat_id: maybe(chatId),
    after: maybe(
      whole(
        0,
        Number.MAX_SAFE_INTEGER,
        "The `after` of the last answer, or the `id` of the last message that you know. Else what comes from now on."
      )
    ),
    wait_ms: maybe(whole(0, 60_000, "How long to wait for one; 30000 unless told."))
  }),
  list_pairings: Schema.Struct({
    account: maybe(text("Only those of this account, by its id."))
  })
} as const

export type ToolName = keyof typeof inputs
export type ToolInput<Name extends ToolName> = (typeof inputs)[Name]["Type"]

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
}

const tool = <Name extends ToolName>(
  name: Name,
  said: Pick<Tool, "title" | "description" | "scopes" | "readOnly">
): Tool<Name> => ({ name, input: inputs[name], ...said })

/** All of them, in the order in which they are listed. */
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
      "Sends a text to a chat (`chat_id`) or to somebody (`to`), durably, and answers whether it was sent: `sent`, `waiting`, `uncertain` or `failed`. Give an `idempotency_key` where you may have to try again.",
    scopes: ["chat", "send"],
    readOnly: false
  }),
  get_delivery: tool("get_delivery", {
    title: "Look up a delivery",
    description: "What became of a message that was sent with `send_message`.",
    scopes: ["chat", "send"],
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
