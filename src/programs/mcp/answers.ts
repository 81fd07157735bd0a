/** What tools answer, as MCP has it. Pure. */
import type {
  CallToolResult,
  ListToolsResult,
  ReadResourceResult,
  Resource,
  Tool
} from "@modelcontextprotocol/server"
import { Option, Predicate, Schema } from "effect"
import type { ToolRecord } from "../../schemas/control/ToolsApi.ts"

/** What a failure says to whoever called. */
export interface Told {
  readonly message: string
  readonly hint: string
}

/** The whole of a failure, for a model: a tool that fails is an answer, not a break of the protocol. */
export const inFull = ({ hint, message }: Told): string => `${message}. ${hint}`

/** A schema over the wire is what it is; of one that is no object's MCP takes what it says beside. */
const asInput = (schema: unknown): Tool["inputSchema"] => ({
  ...(Predicate.isRecord(schema) ? schema : {}),
  type: "object"
})

export const listed = (tools: ReadonlyArray<ToolRecord>): ListToolsResult => ({
  tools: tools.map(({ description, destructive = false, inputSchema, name, readOnly, title }) => ({
    name,
    title,
    description,
    inputSchema: asInput(inputSchema),
    annotations: { title, readOnlyHint: readOnly, destructiveHint: destructive, openWorldHint: !readOnly }
  }))
})

const asText = (value: unknown): string => JSON.stringify(value)

export const answered = (value: unknown): CallToolResult => ({
  content: [{ type: "text", text: asText(value) }]
})

export const refused = (failure: Told): CallToolResult => ({
  content: [{ type: "text", text: inFull(failure) }],
  isError: true
})

export const CHAT_TEMPLATE = "imsg://chat/{account}/{chat_id}"

const JSON_TYPE = "application/json"

/** What `list_chats` answers of every account, so far as a list of resources needs it. */
const Chats = Schema.Struct({
  chats: Schema.Array(
    Schema.Struct({
      account: Schema.String,
      chat_id: Schema.Int,
      name: Schema.NullOr(Schema.String),
      participants: Schema.Array(
        Schema.Struct({
          handle: Schema.String,
          name: Schema.optionalWith(Schema.String, { exact: true })
        })
      )
    })
  )
})

/** The chats of an answer of `list_chats`, as resources. */
export const resourcesOf = (answer: unknown): ReadonlyArray<Resource> =>
  Option.match(Schema.decodeUnknownOption(Chats)(answer), {
    onNone: () => [],
    onSome: ({ chats }) =>
      chats.map(({ account, chat_id, name, participants }) => ({
        uri: `imsg://chat/${encodeURIComponent(account)}/${chat_id}`,
        name: `chat ${chat_id}`,
        title: name ?? participants.map((one) => one.name ?? one.handle).join(", "),
        mimeType: JSON_TYPE
      }))
  })

const CHAT = /^imsg:\/\/chat\/([^/]+)\/(\d{1,15})$/u

/** What `read_messages` takes for the chat of an address; none where it is no chat's. */
export const chatOf = (uri: string) => {
  const [, account, chatId] = CHAT.exec(uri) ?? []
  if (account === undefined || chatId === undefined) return Option.none()
  return Option.map(Option.liftThrowable(decodeURIComponent)(account), (named) => ({
    account: named,
    chat_id: Number(chatId)
  }))
}

export const contentsOf = (uri: string, answer: unknown): ReadResourceResult => ({
  contents: [{ uri, mimeType: JSON_TYPE, text: asText(answer) }]
})
