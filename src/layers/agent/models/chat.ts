/** `/chat/completions`, which every server that speaks as OpenAI's does has. */
import { Option, Redacted, Schema } from "effect"
import type { OpenaiConfig } from "../../../schemas/config/resolved.ts"
import { complaintIn } from "./complaint.ts"
import { type Asked, type Dialect, type ModelMessage, Piece } from "./Dialect.ts"

const nullish = <A, I>(schema: Schema.Schema<A, I>) => Schema.optional(Schema.NullOr(schema))

/** Text, or parts of which some are text: those of reasoning have other types. */
const Content = Schema.Union(
  Schema.String,
  Schema.Array(Schema.Struct({ type: Schema.String, text: Schema.optional(Schema.Unknown) }))
)

/** Reasoning (`reasoning`, `reasoning_content`) is not even read. */
const Said = Schema.Struct({ content: nullish(Content), refusal: nullish(Schema.String) })

const Choice = Schema.Struct({
  delta: nullish(Said),
  message: nullish(Said),
  finish_reason: nullish(Schema.String)
})

const Completion = Schema.Struct({
  choices: nullish(Schema.Array(Choice)),
  usage: nullish(Schema.Struct({ prompt_tokens: nullish(Schema.Number) }))
})

const decode = Schema.decodeUnknownOption(Completion)

const textOf = (content: typeof Content.Type | null | undefined): string =>
  typeof content === "string"
    ? content
    : (content ?? [])
        .map(({ text, type }) => (type === "text" && typeof text === "string" ? text : ""))
        .join("")

const endOf = (reason: string): Piece => {
  switch (reason) {
    case "length":
      return Piece.End({ end: "length" })
    case "content_filter":
      return Piece.End({ end: "filtered" })
    case "error":
      return Piece.Failure({ complaint: { said: "it ended with an error" } })
    default:
      return Piece.End({ end: "complete" })
  }
}

const piecesOf = ({ choices, usage }: typeof Completion.Type): ReadonlyArray<Piece> => {
  const choice = choices?.[0]
  const said = choice?.message ?? choice?.delta
  const text = textOf(said?.content)
  return [
    ...(text === "" ? [] : [Piece.Text({ text })]),
    ...(said?.refusal ? [Piece.Refusal({ text: said.refusal })] : []),
    ...(typeof usage?.prompt_tokens === "number" ? [Piece.Usage({ inputTokens: usage.prompt_tokens })] : []),
    ...(choice?.finish_reason ? [endOf(choice.finish_reason)] : [])
  ]
}

const read = (value: unknown): ReadonlyArray<Piece> =>
  Option.match(complaintIn(value), {
    onSome: (complaint) => [Piece.Failure({ complaint })],
    onNone: () => Option.match(decode(value), { onNone: () => [], onSome: piecesOf })
  })

const message = ({ pictures, role, text }: ModelMessage) => ({
  role,
  // Servers that know no pictures know no parts either.
  content:
    pictures.length === 0
      ? text
      : [
          { type: "text", text },
          ...pictures.map(({ base64, mimeType }) => ({
            type: "image_url",
            image_url: { url: `data:${mimeType};base64,${base64}` }
          }))
        ]
})

/** OpenAI's newer models refuse `max_tokens`, and nobody else knows its new name as surely. */
const maxTokens = ({ baseUrl, maxTokens: max }: OpenaiConfig) => {
  if (max === undefined) return {}
  return new URL(baseUrl).hostname === "api.openai.com" ? { max_completion_tokens: max } : { max_tokens: max }
}

const body = (runtime: OpenaiConfig, { isBare, messages, system, user }: Asked) => ({
  model: runtime.model,
  messages: [{ role: "system", content: system }, ...messages.map(message)],
  stream: runtime.stream,
  ...maxTokens(runtime),
  ...(runtime.temperature === undefined ? {} : { temperature: runtime.temperature }),
  ...(isBare ? {} : { user, ...(runtime.stream ? { stream_options: { include_usage: true } } : {}) })
})

/** The headers of servers that speak as OpenAI's does; those of the config win. */
export const openaiHeaders = ({ apiKey, headers }: OpenaiConfig): Dialect["headers"] => ({
  ...(apiKey === undefined ? {} : { authorization: Redacted.make(`Bearer ${Redacted.value(apiKey)}`) }),
  ...headers
})

export const chat = (runtime: OpenaiConfig): Dialect => ({
  url: `${runtime.baseUrl}/chat/completions`,
  headers: openaiHeaders(runtime),
  body: (asked) => body(runtime, asked),
  whole: read,
  event: read
})
