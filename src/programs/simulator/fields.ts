/** How single parameters are read, in both generations: strictly from 0.14, before that taken as they come. */
import { Option, Schema } from "effect"

/** The styles that a stretch of a text can have. */
const Style = Schema.Literal("bold", "italic", "underline", "strikethrough")

/** Styles of a stretch of a text, by UTF-16 offsets. */
export const StyledRange = Schema.Struct({
  start: Schema.NonNegativeInt,
  length: Schema.Int.pipe(Schema.positive()),
  styles: Schema.NonEmptyArray(Style)
})
export type StyledRange = typeof StyledRange.Type

export type Field<A> = Schema.Schema<A | undefined, unknown>

export interface Fields {
  readonly int: Field<number>
  /** From 1 on: what bounds a list, or names a chat. */
  readonly positive: Field<number>
  readonly text: Field<string>
  readonly bool: Field<boolean>
  readonly texts: Field<ReadonlyArray<string>>
  readonly styles: Field<ReadonlyArray<StyledRange>>
}

const strictly = <A>(schema: Schema.Schema<A, A>): Field<A> =>
  Schema.compose(Schema.Unknown, Schema.UndefinedOr(schema), { strict: false })

export const strict: Fields = {
  int: strictly(Schema.Int),
  positive: strictly(Schema.Int.pipe(Schema.positive())),
  text: strictly(Schema.String),
  bool: strictly(Schema.Boolean),
  texts: strictly<ReadonlyArray<string>>(Schema.Array(Schema.String)),
  styles: strictly<ReadonlyArray<StyledRange>>(Schema.Array(StyledRange))
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

const decodeStyles = Schema.decodeUnknownOption(Schema.Array(StyledRange))

export const lenient: Fields = {
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
  ),
  styles: leniently<ReadonlyArray<StyledRange>>(Schema.Array(StyledRange), (value) =>
    Option.getOrUndefined(decodeStyles(value))
  )
}
