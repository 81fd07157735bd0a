/**
 * What agents say over the Agent Client Protocol, as far as it is read. All else is passed over: agents say what their next
 * release knows, and the schemas of the SDK refuse what this one does not.
 */
import { Option, Schema } from "effect"
import { ToolKind } from "../../../schemas/Permission.ts"

/** Left out, or null. */
const maybe = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(Schema.NullOr(schema))

/** What an agent says of itself, in answer to `initialize`. */
export const Handshake = Schema.Struct({
  protocolVersion: Schema.Number,
  agentInfo: maybe(Schema.Struct({ name: Schema.String, version: maybe(Schema.String) })),
  authMethods: maybe(Schema.Array(Schema.Struct({ name: maybe(Schema.String) }))),
  agentCapabilities: maybe(
    Schema.Struct({
      loadSession: maybe(Schema.Boolean),
      promptCapabilities: maybe(Schema.Struct({ image: maybe(Schema.Boolean) })),
      sessionCapabilities: maybe(
        Schema.Struct({ resume: maybe(Schema.Unknown), close: maybe(Schema.Unknown) })
      )
    })
  )
})
export type Handshake = typeof Handshake.Type

const Choice = Schema.Struct({ value: Schema.String, name: maybe(Schema.String) })
export type Choice = typeof Choice.Type

/** Something that can be chosen in a session; its choices may stand in groups. */
const ConfigOption = Schema.Struct({
  id: Schema.String,
  category: maybe(Schema.String),
  currentValue: maybe(Schema.Unknown),
  options: maybe(Schema.Array(Schema.Union(Choice, Schema.Struct({ options: Schema.Array(Choice) }))))
})
export type ConfigOption = typeof ConfigOption.Type

const opened = { configOptions: maybe(Schema.Array(ConfigOption)) }
export const NewSession = Schema.Struct({ sessionId: Schema.String, ...opened })
/** The answer to `session/resume` and to `session/load`: null from older agents. */
export const OldSession = Schema.NullOr(Schema.Struct(opened))

export const PromptEnded = Schema.Struct({ stopReason: Schema.String })

const chunk = { content: Schema.Unknown, messageId: maybe(Schema.String) }
const toolCall = { toolCallId: Schema.String, title: maybe(Schema.String), kind: maybe(Schema.String) }

/** What happens in a turn, as far as anything is made of it. */
const Update = Schema.Union(
  Schema.Struct({ sessionUpdate: Schema.Literal("agent_message_chunk"), ...chunk }),
  Schema.Struct({ sessionUpdate: Schema.Literal("agent_thought_chunk"), ...chunk }),
  Schema.Struct({ sessionUpdate: Schema.Literal("tool_call", "tool_call_update"), ...toolCall }),
  Schema.Struct({
    sessionUpdate: Schema.Literal("plan"),
    entries: Schema.Array(Schema.Struct({ content: Schema.String }))
  })
)
export type Update = typeof Update.Type

/** The parameters of `session/update`; one that says nothing that is known has no place here. */
export const decodeUpdate = Schema.decodeUnknownOption(
  Schema.Struct({ sessionId: Schema.String, update: Update })
)

const PermissionOption = Schema.Struct({ optionId: Schema.String, kind: Schema.String })
export type PermissionOption = typeof PermissionOption.Type

/** The parameters of `session/request_permission`. */
export const PermissionRequest = Schema.Struct({
  sessionId: Schema.String,
  toolCall: Schema.Struct(toolCall),
  options: Schema.Array(PermissionOption)
})
export type PermissionRequest = typeof PermissionRequest.Type

/** A tool that is used, as it is called there. */
export type ToolCall = PermissionRequest["toolCall"]

const decodeText = Schema.decodeUnknownOption(
  Schema.Struct({ type: Schema.Literal("text"), text: Schema.String })
)

/** The text of a block; empty where it is none. */
export const textOf = (content: unknown): string =>
  Option.match(decodeText(content), { onNone: () => "", onSome: ({ text }) => text })

const decodeKind = Schema.decodeUnknownOption(ToolKind)

/** What a tool does, by the words of the protocol; `other` for any other. */
export const kindOf = (kind: string | null | undefined): ToolKind =>
  Option.getOrElse(decodeKind(kind), () => "other" as const)

const Id = Schema.Union(Schema.String, Schema.Number, Schema.Null)
const head = { jsonrpc: Schema.Literal("2.0") }
const called = { method: Schema.String, params: Schema.optionalWith(Schema.Unknown, { exact: true }) }

/** A message of JSON-RPC, on a line of its own. */
export const Message = Schema.parseJson(
  Schema.Union(
    Schema.Struct({ ...head, id: Id, ...called }),
    Schema.Struct({ ...head, ...called }),
    Schema.Struct({
      ...head,
      id: Id,
      error: Schema.Struct({
        code: Schema.Number,
        message: Schema.String,
        data: Schema.optionalWith(Schema.Unknown, { exact: true })
      })
    }),
    // Last: to this one an error is an answer whose result is left out.
    Schema.Struct({ ...head, id: Id, result: Schema.Unknown })
  )
)
export type Message = typeof Message.Type
