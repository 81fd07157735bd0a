/** A reply on its way out. */
import { Data, Schema } from "effect"
import { Target } from "./Target.ts"
import { Reply } from "./Turn.ts"

export const Delivery = Schema.Struct({
  /** The turn's id, or `pairing:<account>:<code>`: sending the same id again sends nothing. */
  id: Schema.String,
  accountId: Schema.String,
  target: Target,
  replies: Schema.Array(Reply),
  /** When it is of no use any more, Unix ms: what was not sent by then is not sent. Absent for never. */
  expiresAt: Schema.optionalWith(Schema.Number, { exact: true }),
  /** Counts from 1 how often a delivery that failed for good is tried again; absent the first time. */
  attempt: Schema.optionalWith(Schema.Int, { exact: true })
})
export type Delivery = typeof Delivery.Type

/** One thing to send: a chunk of text or a file. */
export const Part = Schema.Union(
  Schema.TaggedStruct("Text", { text: Schema.String }),
  Schema.TaggedStruct("File", { path: Schema.String })
)
export type Part = typeof Part.Type

/**
 * Where a part is. `Sending` outlives a crash: it says that a try was begun and its result is not known.
 * Times are Unix milliseconds.
 */
export type PartState = Data.TaggedEnum<{
  Queued: Record<never, never>
  /** `afterRowId` is a row of the account's database from before the try: what it wrote has a higher rowid. */
  Sending: { readonly triedAt: number; readonly afterRowId: number }
  Sent: { readonly guid: string | undefined; readonly rowId: number | undefined }
  Uncertain: { readonly detail: string }
  Failed: { readonly detail: string }
}>
export const PartState = Data.taggedEnum<PartState>()

/** A part as the journal keeps it. `tries` counts the sends that were begun. */
export interface PartRecord {
  readonly index: number
  readonly part: Part
  readonly state: PartState
  readonly tries: number
}
