/** `/responses`, the newer of OpenAI's two. Nothing is kept there: what is remembered is sent with each question. */
import { Option, Schema } from "effect"
import type { OpenaiConfig } from "../../../schemas/config/resolved.ts"
import { openaiHeaders } from "./chat.ts"
import { complaintIn, complaintOf } from "./complaint.ts"
import { type Asked, type Dialect, type ModelMessage, Piece } from "./Dialect.ts"

const nullish = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(Schema.NullOr(schema))

const Part = Schema.Struct({
  type: Schema.String,
  text: Schema.optional(Schema.Unknown),
  refusal: Schema.optional(Schema.Unknown)
})
/** Of type `message`; others are reasoning, or calls of tools. */
const Item = Schema.Struct({ type: Schema.String, content: nullish(Schema.Array(Part)) })

const Response = Schema.Struct({
  status: nullish(Schema.String),
  output: nullish(Schema.Array(Item)),
  usage: nullish(Schema.Struct({ input_tokens: nullish(Schema.Number) })),
  incomplete_details: nullish(Schema.Struct({ reason: nullish(Schema.String) }))
})

const Event = Schema.Struct({
  type: Schema.String,
  delta: Schema.optional(Schema.Unknown),
  item: Schema.optional(Schema.Unknown),
  response: Schema.optional(Schema.Unknown)
})

const decodeResponse = Schema.decodeUnknownOption(Response)
const decodeEvent = Schema.decodeUnknownOption(Event)
const isMessage = Schema.is(Schema.Struct({ type: Schema.Literal("message") }))

/** What stands between two messages of one answer. */
const BETWEEN = Piece.Text({ text: "\n\n" })

const failure = (value: unknown): Piece =>
  Piece.Failure({
    complaint: Option.getOrElse(complaintIn(value), () => complaintOf(JSON.stringify(value ?? "")))
  })

const partOf = ({ refusal, text, type }: typeof Part.Type): ReadonlyArray<Piece> => {
  if (type === "output_text" && typeof text === "string") return [Piece.Text({ text })]
  if (type === "refusal" && typeof refusal === "string") return [Piece.Refusal({ text: refusal })]
  return []
}

/** How it ended, and what it took; its text comes apart where it was streamed. */
const ending = ({ incomplete_details, status, usage }: typeof Response.Type): ReadonlyArray<Piece> => [
  ...(typeof usage?.input_tokens === "number" ? [Piece.Usage({ inputTokens: usage.input_tokens })] : []),
  ...(status === "incomplete"
    ? [Piece.End({ end: incomplete_details?.reason === "content_filter" ? "filtered" : "length" })]
    : status === "completed"
      ? [Piece.End({ end: "complete" })]
      : [])
]

const whole = (value: unknown): ReadonlyArray<Piece> =>
  Option.match(complaintIn(value), {
    onSome: (complaint) => [Piece.Failure({ complaint })],
    onNone: () =>
      Option.match(decodeResponse(value), {
        onNone: () => [],
        onSome: (response) => [
          ...(response.output ?? [])
            .filter(({ type }) => type === "message")
            .flatMap(({ content }) => [BETWEEN, ...(content ?? []).flatMap(partOf)]),
          ...ending(response)
        ]
      })
  })

const last = (response: unknown): ReadonlyArray<Piece> => [
  ...Option.match(decodeResponse(response), { onNone: () => [], onSome: ending }),
  Piece.Last()
]

const event = (value: unknown): ReadonlyArray<Piece> =>
  Option.match(decodeEvent(value), {
    // Of some servers an error has no type.
    onNone: () =>
      Option.match(complaintIn(value), {
        onNone: () => [],
        onSome: (complaint) => [Piece.Failure({ complaint })]
      }),
    onSome: ({ delta, item, response, type }) => {
      switch (type) {
        case "response.output_item.added":
          return isMessage(item) ? [BETWEEN] : []
        case "response.output_text.delta":
          return typeof delta === "string" ? [Piece.Text({ text: delta })] : []
        case "response.refusal.delta":
          return typeof delta === "string" ? [Piece.Refusal({ text: delta })] : []
        case "response.completed":
        case "response.incomplete":
          return last(response)
        case "response.failed":
          return [failure(response)]
        case "error":
          return [failure(value)]
        default:
          return []
      }
    }
  })

const message = ({ pictures, role, text }: ModelMessage) => ({
  role,
  content:
    pictures.length === 0
      ? text
      : [
          { type: "input_text", text },
          ...pictures.map(({ base64, mimeType }) => ({
            type: "input_image",
            image_url: `data:${mimeType};base64,${base64}`
          }))
        ]
})

const body = (runtime: OpenaiConfig, { isBare, messages, system, user }: Asked) => ({
  model: runtime.model,
  instructions: system,
  input: messages.map(message),
  stream: runtime.stream,
  store: false,
  ...(runtime.maxTokens === undefined ? {} : { max_output_tokens: runtime.maxTokens }),
  ...(runtime.temperature === undefined ? {} : { temperature: runtime.temperature }),
  ...(isBare ? {} : { user })
})

export const responses = (runtime: OpenaiConfig): Dialect => ({
  url: `${runtime.baseUrl}/responses`,
  headers: openaiHeaders(runtime),
  body: (asked) => body(runtime, asked),
  whole,
  event
})
