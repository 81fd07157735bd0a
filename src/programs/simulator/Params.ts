/** The parameters of the methods, in both generations: strict from 0.14, before that taken as they come. */
import { Either, ParseResult, Schema } from "effect"
import type { Build } from "./Build.ts"
import { invalidParams, type ResponseError } from "./Rpc.ts"

type Field<A> = Schema.Schema<A | undefined, unknown>

interface Fields {
  readonly int: Field<number>
  /** From 1 on: what bounds a list, or names a chat. */
  readonly positive: Field<number>
  readonly text: Field<string>
  readonly bool: Field<boolean>
  readonly texts: Field<ReadonlyArray<string>>
}

const strictly = <A>(schema: Schema.Schema<A, A>): Field<A> =>
  Schema.compose(Schema.Unknown, Schema.UndefinedOr(schema), { strict: false })

const strict: Fields = {
  int: strictly(Schema.Int),
  positive: strictly(Schema.Int.pipe(Schema.positive())),
  text: strictly(Schema.String),
  bool: strictly(Schema.Boolean),
  texts: strictly<ReadonlyArray<string>>(Schema.Array(Schema.String))
}

/** What does not fit counts as absent. */
const leniently = <A>(schema: Schema.Schema<A, A>, read: (value: unknown) => A | undefined): Field<A> =>
  Schema.transform(Schema.Unknown, Schema.UndefinedOr(schema), {
    strict: true,
    decode: read,
    encode: (value) => value
  })

const lenientInt = leniently(Schema.Int, (value) =>
  typeof value === "number"
    ? Math.trunc(value)
    : typeof value === "string" && /^[+-]?\d+$/.test(value)
      ? Number(value)
      : undefined
)

const lenient: Fields = {
  int: lenientInt,
  positive: lenientInt,
  text: leniently(Schema.String, (value) =>
    typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined
  ),
  bool: leniently(Schema.Boolean, (value) =>
    typeof value === "boolean"
      ? value
      : typeof value === "number"
        ? value !== 0
        : value === "true"
          ? true
          : value === "false"
            ? false
            : undefined
  ),
  texts: leniently<ReadonlyArray<string>>(Schema.Array(Schema.String), (value) =>
    Array.isArray(value)
      ? value.filter((item) => typeof item === "string")
      : typeof value === "string"
        ? value.split(",").flatMap((item) => (item.trim() === "" ? [] : [item.trim()]))
        : undefined
  )
}

const paramsWith = ({ bool, int, positive, text, texts }: Fields) => {
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
    allow_sms_fallback: maybe(bool)
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
    "handles.check": Schema.Struct({
      address: maybe(text),
      alias_type: maybe(text),
      service: maybe(text)
    }),
    typing: Schema.Struct({ ...target, service: maybe(text), typing: maybe(bool) }),
    read: Schema.Struct(target)
  }
}

const schemas = { strict: paramsWith(strict), lenient: paramsWith(lenient) }
type Schemas = (typeof schemas)["strict"]

/** The methods that some build has. */
export const METHODS = [
  "initialize",
  "status",
  "chats.list",
  "chats.get",
  "messages.history",
  "messages.after",
  "messages.search",
  "watch.subscribe",
  "watch.unsubscribe",
  "send",
  "send.tracked",
  "message.send_status",
  "handles.check",
  "typing",
  "read"
] as const satisfies ReadonlyArray<keyof Schemas>
export type Method = (typeof METHODS)[number]

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
