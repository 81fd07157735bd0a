/** What servers say when they fail: every one has a shape of its own. */
import { Option, Schema } from "effect"
import type { Complaint } from "./Dialect.ts"

const Anything = Schema.optional(Schema.Unknown)

const Described = Schema.Struct({ message: Anything, detail: Anything, code: Anything, type: Anything })
/** OpenAI, Anthropic, OpenRouter, vLLM, llama.cpp: `{"error": {…}}`; some say `{"error": "…"}`. */
const Wrapped = Schema.Struct({ error: Schema.Union(Schema.NonEmptyString, Described) })

const decodeWrapped = Schema.decodeUnknownOption(Wrapped)
const decodeDescribed = Schema.decodeUnknownOption(Described)
const decodeJson = Schema.decodeOption(Schema.parseJson())

const text = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value)

const described = ({ code, detail, message, type }: typeof Described.Type): Complaint => ({
  said: text(message) || text(detail),
  ...(text(code) === "" ? {} : { code: text(code) }),
  ...(text(type) === "" ? {} : { type: text(type) })
})

/** The complaint that stands in the place of an answer, or in the midst of one. */
export const complaintIn = (value: unknown): Option.Option<Complaint> =>
  Option.map(decodeWrapped(value), ({ error }) =>
    typeof error === "string" ? { said: error } : described(error)
  )

/** What an error page says: as JSON of any shape, or as it is. */
export const complaintOf = (body: string): Complaint =>
  decodeJson(body).pipe(
    Option.flatMap((value) =>
      Option.orElse(complaintIn(value), () => Option.map(decodeDescribed(value), described))
    ),
    Option.filter(({ code, said, type }) => said !== "" || code !== undefined || type !== undefined),
    Option.getOrElse(() => ({ said: body.trim() }))
  )
