/** Fields as builds write them: left out, null, or of a form that nobody promised. */
import { Option, Schema } from "effect"

/** A field that may be absent or null; both decode to an absent key. */
export const lenient = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { exact: true, nullable: true })

/** A field that nothing depends on: one that does not decode is as good as absent, and takes nothing else with it. */
export const whereReadable = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToOptional(Schema.Unknown, Schema.typeSchema(schema), {
    decode: Option.flatMap(Schema.decodeUnknownOption(schema)),
    encode: (value): Option.Option<unknown> => value
  })
