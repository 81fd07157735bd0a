/** `/v1/messages`, as Anthropic's own server has it. */
import { Option, Redacted, Schema } from "effect"
import type { AnthropicConfig } from "../../../schemas/config/resolved.ts"
import { complaintIn } from "./complaint.ts"
import { type Asked, type Dialect, type End, type ModelMessage, Piece } from "./Dialect.ts"

const nullish = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(Schema.NullOr(schema))

/** What was read from a cache is counted apart. */
const Usage = Schema.Struct({
  input_tokens: nullish(Schema.Number),
  cache_creation_input_tokens: nullish(Schema.Number),
  cache_read_input_tokens: nullish(Schema.Number)
})

/** Of type `text`; others are thinking, or calls of tools. */
const Block = Schema.Struct({ type: Schema.String, text: Schema.optional(Schema.Unknown) })

const Message = Schema.Struct({
  type: Schema.Literal("message"),
  content: Schema.Array(Block),
  stop_reason: nullish(Schema.String),
  usage: nullish(Usage)
})

const Event = Schema.Struct({
  type: Schema.String,
  message: nullish(Schema.Struct({ usage: nullish(Usage) })),
  content_block: nullish(Block),
  delta: nullish(
    Schema.Struct({
      type: nullish(Schema.String),
      text: Schema.optional(Schema.Unknown),
      stop_reason: nullish(Schema.String)
    })
  )
})

const decodeMessage = Schema.decodeUnknownOption(Message)
const decodeEvent = Schema.decodeUnknownOption(Event)

const usageOf = (usage: typeof Usage.Type | null | undefined): ReadonlyArray<Piece> =>
  typeof usage?.input_tokens === "number"
    ? [
        Piece.Usage({
          inputTokens:
            usage.input_tokens +
            (usage.cache_creation_input_tokens ?? 0) +
            (usage.cache_read_input_tokens ?? 0)
        })
      ]
    : []

const ENDS: Readonly<Record<string, End>> = {
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "filtered"
}

const endOf = (reason: string | null | undefined): ReadonlyArray<Piece> =>
  reason ? [Piece.End({ end: ENDS[reason] ?? "complete" })] : []

const textOf = (text: unknown): ReadonlyArray<Piece> =>
  typeof text === "string" && text !== "" ? [Piece.Text({ text })] : []

const failureIn = (value: unknown): ReadonlyArray<Piece> =>
  Option.match(complaintIn(value), {
    onNone: () => [],
    onSome: (complaint) => [Piece.Failure({ complaint })]
  })

const whole = (value: unknown): ReadonlyArray<Piece> =>
  Option.match(decodeMessage(value), {
    onNone: () => failureIn(value),
    onSome: ({ content, stop_reason, usage }) => [
      ...content.flatMap(({ text, type }) => (type === "text" ? textOf(text) : [])),
      ...usageOf(usage),
      ...endOf(stop_reason)
    ]
  })

const event = (value: unknown): ReadonlyArray<Piece> =>
  Option.match(decodeEvent(value), {
    onNone: () => failureIn(value),
    onSome: ({ content_block, delta, message, type }) => {
      switch (type) {
        case "message_start":
          return usageOf(message?.usage)
        case "content_block_start":
          return content_block?.type === "text" ? textOf(content_block.text) : []
        case "content_block_delta":
          return delta?.type === "text_delta" ? textOf(delta.text) : []
        case "message_delta":
          return endOf(delta?.stop_reason)
        case "message_stop":
          return [Piece.Last()]
        default:
          return failureIn(value)
      }
    }
  })

const message = ({ pictures, role, text }: ModelMessage) => ({
  role,
  content:
    pictures.length === 0
      ? text
      : [
          ...pictures.map(({ base64, mimeType }) => ({
            type: "image",
            source: { type: "base64", media_type: mimeType, data: base64 }
          })),
          { type: "text", text }
        ]
})

const body = (runtime: AnthropicConfig, { isBare, messages, system, user }: Asked) => ({
  model: runtime.model,
  max_tokens: runtime.maxTokens,
  system,
  messages: messages.map(message),
  stream: runtime.stream,
  ...(runtime.temperature === undefined ? {} : { temperature: runtime.temperature }),
  ...(isBare ? {} : { metadata: { user_id: user } })
})

/** Anthropic's addresses are written with their version or without. */
export const anthropicBase = ({ baseUrl }: AnthropicConfig): string => baseUrl.replace(/\/v1$/u, "")

export const anthropicHeaders = ({ apiKey, headers }: AnthropicConfig): Dialect["headers"] => ({
  "x-api-key": apiKey,
  "anthropic-version": Redacted.make("2023-06-01"),
  ...headers
})

export const anthropic = (runtime: AnthropicConfig): Dialect => ({
  url: `${anthropicBase(runtime)}/v1/messages`,
  headers: anthropicHeaders(runtime),
  body: (asked) => body(runtime, asked),
  whole,
  event
})
