/** How much of a row is kept: what people write comes from strangers too, and one line of the child may be 8 MiB. */
import { Schema } from "effect"
import { beginning, cut } from "./cut.ts"

/** Of a text, in UTF-16 units. Messages itself sends about 20,000 characters; what is longer is answered, and cut. */
export const MAX_TEXT = 65_536
/**
 * Of a part that is sent, in UTF-16 units: it is found again by its row, which is cut at `MAX_TEXT`. What was longer would
 * be another text there, and could be said twice.
 */
export const MAX_PART = 65_000
/** Of a text that is quoted. */
export const MAX_QUOTE = 4000
/** Of a handle: the longest email address there can be. */
export const MAX_HANDLE = 254
/** Of what names a chat, a message or a person. */
export const MAX_NAME = 512
/** Of a file's path. */
export const MAX_PATH = 4096
/** Files of a message. */
export const MAX_FILES = 100
/** Tapbacks of a message. */
export const MAX_REACTIONS = 100
/** Others in a chat. */
export const MAX_PARTICIPANTS = 1024

const shortened = (shorten: (text: string) => string) =>
  Schema.transform(Schema.String, Schema.String, { strict: true, decode: shorten, encode: (text) => text })

/** A text that is cut at a limit, with a mark. */
export const CutAt = (limit: number) => shortened((text) => cut(text, limit))

/** A text of which only the beginning counts. */
export const BeginningOf = (limit: number) => shortened((text) => beginning(text, limit))

/** A text that is not longer than a limit. */
export const UpTo = (limit: number) => Schema.String.pipe(Schema.maxLength(limit))

/** The first entries of a list. */
export const FirstOf = <A, I>(item: Schema.Schema<A, I>, most: number) =>
  Schema.transform(Schema.Array(item), Schema.Array(Schema.typeSchema(item)), {
    strict: true,
    decode: (items) => items.slice(0, most),
    encode: (items) => items
  })

/** Characters that no handle has: controls, line breaks, and those that hide or turn what is beside them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u

/**
 * Whether a text has the form of a handle: of a number, an email, or of a machine that sends (`MYBANK`, `26266`,
 * `urn:biz:…`). Where it has not, nobody knows who wrote.
 */
export const isHandle = (text: string): boolean =>
  text.trim() !== "" && text.length <= MAX_HANDLE && !UNSEEN.test(text)
