/** A reply on its way out. */
import { Data, Schema } from "effect"
import { Target } from "./Target.ts"
import { Reply } from "./Turn.ts"

export const Delivery = Schema.Struct({
  /**
   * Sending the same id again sends nothing. It is the turn's, `pairing:<account>:<code>` or `approved:<account>:<code>`,
   * or `send:<account>:<name>` of what an owner sends by hand, with `send-for:<token>:…` of who has a token. What the gateway says beside has its own: `command:<row>`,
   * `interim:<turn>`, `failed:<turn>`, `owner:<account>:…`; later pieces of a turn are `<turn>/2` and so on.
   */
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
  Sending: {
    readonly triedAt: number
    readonly afterRowId: number
    /** That of the row that the try writes, where the build lets us choose it. */
    readonly guid?: string
  }
  Sent: { readonly guid: string | undefined; readonly rowId: number | undefined }
  Uncertain: { readonly detail: string }
  Failed: { readonly detail: string }
}>
export const PartState = Data.taggedEnum<PartState>()

/** The states that a part stays in. */
export type FinalState = Extract<PartState, { readonly _tag: "Sent" | "Uncertain" | "Failed" }>

/** Whether a part stays in a state. */
export const isFinal = (state: PartState): state is FinalState =>
  state._tag !== "Queued" && state._tag !== "Sending"

/** A part as it is written down. `tries` counts the sends that were begun. */
export interface PartRecord {
  readonly index: number
  readonly part: Part
  readonly state: PartState
  readonly tries: number
}

/** Why something was not done, by a code for machines and in words. */
export const Reason = Schema.Struct({ code: Schema.String, message: Schema.String })
export type Reason = typeof Reason.Type

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** What is known of a part on its way, beside its state. Times are Unix ms. */
export const Progress = Schema.Struct({
  /** The index of the part; none where it is of no matter yet. */
  part: optional(Schema.Int),
  /** How often it had to wait since something last became of it. */
  pauses: Schema.Int,
  /** When the result of its last try was lost. */
  lostAt: optional(Schema.Number),
  /** By what it was lost; not known of a try from before a crash. */
  lostBy: optional(Reason),
  /** Why it was not sent so far. */
  notSentBy: optional(Reason),
  /** Until when the row of a part is looked for that imsg answered without naming it. */
  claim: optional(Schema.Struct({ until: Schema.Number, afterRowId: Schema.Number }))
})
export type Progress = typeof Progress.Type

/** Of a part that nothing has happened to yet. */
export const NO_PROGRESS: Progress = { pauses: 0 }
