/** The parameters of the methods, in both generations: strict from 0.14, before that taken as they come. */
import { Either, ParseResult, Schema } from "effect"
import type { Build } from "./Build.ts"
import { bridgeParamsWith } from "./bridge/bridgeParams.ts"
import { type Field, type Fields, lenient, strict } from "./fields.ts"
import { invalidParams, type ResponseError } from "./Rpc.ts"

const paramsWith = (fields: Fields) => {
  const { bool, int, positive, text, texts } = fields
  const maybe = <A>(field: Field<A>) => Schema.optional(field)
  const filter = { participants: maybe(texts), start: maybe(text), end: maybe(text) }
  const target = {
    to: maybe(text),
    chat_id: maybe(positive),
    chat_guid: maybe(text),
    chat_identifier: maybe(text)
  }
  const words = {
    text: maybe(text),
    service: maybe(text),
    region: maybe(text),
    transport: maybe(text),
    allow_sms_fallback: maybe(bool),
    reply_to: maybe(text),
    text_formatting: maybe(fields.styles)
  }
  const files = { attachments: maybe(bool), convert_attachments: maybe(bool) }
  return {
    initialize: Schema.Struct({ protocol_version: maybe(int) }),
    status: Schema.Struct({}),
    "chats.list": Schema.Struct({ limit: maybe(positive), unread_only: maybe(bool) }),
    "chats.get": Schema.Struct({ chat_id: maybe(positive) }),
    "messages.search": Schema.Struct({ query: maybe(text), match: maybe(text), limit: maybe(positive) }),
    "messages.history": Schema.Struct({
      chat_id: maybe(positive),
      limit: maybe(positive),
      ...filter,
      ...files
    }),
    "messages.after": Schema.Struct({
      since_rowid: maybe(int),
      chat_id: maybe(positive),
      limit: maybe(positive),
      include_reactions: maybe(bool),
      ...files
    }),
    "watch.subscribe": Schema.Struct({
      chat_id: maybe(positive),
      since_rowid: maybe(int),
      include_reactions: maybe(bool),
      debounce_ms: maybe(int),
      buffer_limit: maybe(int),
      ...filter,
      ...files
    }),
    "watch.unsubscribe": Schema.Struct({ subscription: maybe(int) }),
    send: Schema.Struct({ ...target, ...words, file: maybe(text) }),
    "send.tracked": Schema.Struct({ ...target, ...words, attempt_id: maybe(text) }),
    "message.send_status": Schema.Struct({ guid: maybe(text) }),
    ...bridgeParamsWith(fields)
  }
}

const schemas = { strict: paramsWith(strict), lenient: paramsWith(lenient) }
/** The parameters of each method. */
export type Schemas = (typeof schemas)["strict"]

/** The methods that some build has. */
export type Method = keyof Schemas

/** The decoded parameters of a method; what is absent is undefined. */
export type Params<M extends Method> = Schemas[M]["Type"]

/** Reads the parameters of a request as the build does. */
export const decodeParams =
  <A, I>(build: Build, select: (of: Schemas) => Schema.Schema<A, I>) =>
  (params: unknown): Either.Either<A, ResponseError> => {
    const isObject = typeof params === "object" && params !== null && !Array.isArray(params)
    if (!build.strict) {
      return Schema.decodeUnknownEither(select(schemas.lenient))(isObject ? params : {}).pipe(
        Either.mapLeft((error) => invalidParams(error.message))
      )
    }
    if (params !== undefined && !isObject) return Either.left(invalidParams("params must be an object"))
    return Schema.decodeUnknownEither(select(schemas.strict), { onExcessProperty: "error" })(
      params ?? {}
    ).pipe(
      Either.mapLeft((error) =>
        invalidParams(
          ParseResult.ArrayFormatter.formatErrorSync(error)
            .map(({ message, path }) => `${path.join(".")}: ${message}`)
            .join("; ")
        )
      )
    )
  }
