/** A reply on its way out. */
import { Data, Schema } from "effect"
import { Act, Effect as MessageEffect, Poll, TextStyle } from "./Act.ts"
import type { Extra } from "./Extra.ts"
import { Destination } from "./Target.ts"
import { Reply } from "./Turn.ts"

/** A range of a text and how it is shown; `start` and `length` count UTF-16 units. */
export const Format = Schema.Struct({
  start: Schema.Int,
  length: Schema.Int,
  styles: Schema.Array(TextStyle)
})
export type Format = typeof Format.Type

const format = Schema.optionalWith(Schema.Array(Format), { exact: true })
/** How something is said, where the Mac can: as a reply to a message of the chat, whose guid it is. */
const replyTo = Schema.optionalWith(Schema.String, { exact: true })

/** A reply as it is delivered: it is known which message it answers, and how its text is shown. */
export const DeliveredReply = Schema.Struct({
  ...Reply.fields,
  replyTo,
  format,
  poll: Schema.optionalWith(Poll, { exact: true })
})
export type DeliveredReply = typeof DeliveredReply.Type

export const Delivery = Schema.Struct({
  /**
   * Sending the same id again sends nothing. It is the turn's, `pairing:<account>:<code>` or `approved:<account>:<code>`,
   * or `send:<account>:<name>` of what an owner sends by hand, with `send-for:<token>:…` of who has a token, and
   * `tool:<account>:<caller>:<name>` of tools. What the gateway says beside has its own: `command:<row>`, `interim:<turn>`,
   * `ack:<turn>`, `failed:<turn>`, `owner:<account>:…`; later pieces of a turn are `<turn>/2` and so on. By the id is known
   * who may edit what it says and take it back: see `deliveryNames.ts`.
   */
  id: Schema.String,
  accountId: Schema.String,
  target: Destination,
  replies: Schema.Array(DeliveredReply),
  /** What is done beside, once all of them are said. */
  acts: Schema.optionalWith(Schema.Array(Act), { exact: true }),
  /** When it is of no use any more, Unix ms: what was not sent by then is not sent. Absent for never. */
  expiresAt: Schema.optionalWith(Schema.Number, { exact: true }),
  /** Counts from 1 how often a delivery that failed for good is tried again; absent the first time. */
  attempt: Schema.optionalWith(Schema.Int, { exact: true })
})
export type Delivery = typeof Delivery.Type

/** One thing to send or to do: a chunk of text, a file (with `voice` a voice note), a poll, or an act. */
export const Part = Schema.Union(
  Schema.TaggedStruct("Text", {
    text: Schema.String,
    replyTo,
    effect: Schema.optionalWith(MessageEffect, { exact: true }),
    format
  }),
  Schema.TaggedStruct("File", {
    path: Schema.String,
    replyTo,
    voice: Schema.optionalWith(Schema.Boolean, { exact: true })
  }),
  Schema.TaggedStruct("Poll", { ...Poll.fields, replyTo }),
  ...Act.members
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
  /** Nothing was done, and nothing depends on it: the Mac cannot do it (now). */
  LeftOut: { readonly detail: string }
}>
export const PartState = Data.taggedEnum<PartState>()

/** The states that a part stays in. */
export type FinalState = Extract<PartState, { readonly _tag: "Sent" | "Uncertain" | "Failed" | "LeftOut" }>

/** Whether a part stays in a state. */
export const isFinal = (state: PartState): state is FinalState =>
  state._tag !== "Queued" && state._tag !== "Sending"

/** A part as it is written down. `tries` counts the sends that were begun. */
export interface PartRecord {
  readonly index: number
  readonly part: Part
  readonly state: PartState
  readonly tries: number
  /** What its last try went without, since the Mac could not do it then. */
  readonly lacks?: ReadonlyArray<Extra>
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
  /** Whether it is sent in the form that every build knows, since a richer one was refused. */
  isPlain: optional(Schema.Boolean),
  /** Until when the row of a part is looked for that imsg answered without naming it. */
  claim: optional(Schema.Struct({ until: Schema.Number, afterRowId: Schema.Number }))
})
export type Progress = typeof Progress.Type

/** Of a part that nothing has happened to yet. */
export const NO_PROGRESS: Progress = { pauses: 0 }
