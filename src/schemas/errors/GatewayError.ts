/** What every failure that a person can act on has: a tag and a code for programs, a message and a hint for people. */
import { type Cause, Schema } from "effect"

type Fields = Schema.Struct.Fields

/** A sentence, or how it is made of the fields of the failure. */
type Words<F extends Fields> = string | ((failure: Schema.Struct.Type<F>) => string)

interface Description<Code extends string, F extends Fields> {
  readonly code: Code
  readonly fields: F
  readonly message: Words<F>
  readonly hint: Words<F>
}

interface GatewayErrorClass<Self, Code extends string, F extends Fields>
  extends Schema.Class<
    Self,
    F,
    Schema.Struct.Encoded<F>,
    Schema.Struct.Context<F>,
    Schema.Struct.Constructor<Omit<F, "_tag">>,
    unknown,
    Cause.YieldableError & { readonly code: Code; readonly hint: string }
  > {}

const wordsOf = (words: Words<Fields>, failure: Schema.Struct.Type<Fields>): string =>
  typeof words === "string" ? words : words(failure)

const classOf = (tag: string, { code, fields, hint, message }: Description<string, Fields>) =>
  class extends Schema.TaggedError<Error>()(tag, fields) {
    readonly code = code
    override get message(): string {
      return wordsOf(message, this)
    }
    get hint(): string {
      return wordsOf(hint, this)
    }
  }

/**
 * The class of a failure: a `Schema.TaggedError` with a code, and with words that are made when they are asked for.
 *
 * ```ts
 * class LogNotFound extends GatewayError<LogNotFound>()("LogNotFound", {
 *   code: "log_not_found",
 *   fields: { file: Schema.String },
 *   message: ({ file }) => `there is no log at ${file}`,
 *   hint: "The gateway writes one with `--log-file`."
 * }) {}
 * ```
 */
export const GatewayError =
  <Self>() =>
  <Tag extends string, const Code extends string, F extends Fields>(
    tag: Tag,
    description: Description<Code, F>
  ): GatewayErrorClass<Self, Code, { readonly _tag: Schema.tag<Tag> } & F> =>
    // TypeScript extends no class whose fields are a parameter: what `classOf` makes of any fields is told of these.
    classOf(tag, description as unknown as Description<string, Fields>) as unknown as GatewayErrorClass<
      Self,
      Code,
      { readonly _tag: Schema.tag<Tag> } & F
    >
