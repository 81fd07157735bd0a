/** What failed for good, with all that is needed to try it again. */
import { Schema } from "effect"
import { InboundPayload } from "./Actors.ts"
import { Delivery, type Reason } from "./Delivery.ts"

const Turn = Schema.Struct({
  /** The turn's id: its agent is asked under the same one again. */
  id: Schema.String,
  sessionKey: Schema.String,
  messages: Schema.NonEmptyArray(InboundPayload)
})

/** A turn that no agent answered, or a delivery of which parts were not, or not certainly, sent. */
export const DeadContent = Schema.Union(
  Schema.TaggedStruct("Turn", Turn.fields),
  Schema.TaggedStruct("Delivery", { delivery: Delivery })
)
export type DeadContent = typeof DeadContent.Type
export type DeadTurn = Extract<DeadContent, { readonly _tag: "Turn" }>
export type DeadDelivery = Extract<DeadContent, { readonly _tag: "Delivery" }>

/** What cannot be read of the store: it is damaged, or of a later version. Only where it belongs is known. */
export interface Unreadable {
  readonly _tag: "Unreadable"
  readonly kind: DeadContent["_tag"]
  readonly id: string
  readonly accountId: string
  readonly sessionKey: string
}

/** `dead` until its retry is `asked` for by a command, then `retrying` until that has an end. */
export type DeadLetterStatus = "dead" | "asked" | "retrying"

/** A letter, and why it is there. */
export interface DeadLetter<Content = DeadContent | Unreadable> extends Reason {
  /** What people call it by. No other letter ever has the same. */
  readonly number: number
  readonly content: Content
  /** All that is known of why, with what the agent said; absent where the reason is all of it. */
  readonly report?: string
  readonly status: DeadLetterStatus
  /** How often it failed for good: 1, and 1 more for each retry that failed. */
  readonly attempts: number
  /** When it failed last, in Unix milliseconds. */
  readonly buriedAt: number
}

/** The code of deliveries of which every other part was sent, and it is not known of these. */
export const UNCERTAIN = "delivery_uncertain"

/** The code of deliveries to a chat_id of a database that was replaced: it names another chat now, or none. */
export const CHAT_REPLACED = "chat_replaced"

/** The code of deliveries that were of no use any more when they were tried again. */
export const EXPIRED = "expired"

/** The code of deliveries that were taken back before they were tried. */
export const WITHDRAWN = "withdrawn"

/** The code of deliveries whose file is on no host any more. */
export const FILE_LOST = "file_lost"

/** The code of deliveries that cannot be read. */
export const UNREADABLE = "unreadable"

/** What a letter is about. */
export const kindOf = (content: DeadContent | Unreadable): DeadContent["_tag"] =>
  content._tag === "Unreadable" ? content.kind : content._tag

/** The id of the turn or the delivery. */
export const idOf = (content: DeadContent | Unreadable): string =>
  content._tag === "Delivery" ? content.delivery.id : content.id

/** The account that the messages of a turn came through, or a delivery goes through. */
export const accountOf = (content: DeadContent | Unreadable): string => {
  switch (content._tag) {
    case "Turn":
      return content.messages[0].envelope.accountId
    case "Delivery":
      return content.delivery.accountId
    case "Unreadable":
      return content.accountId
  }
}

/** Whether all of a letter can be read. */
export const isReadable = (letter: DeadLetter): letter is DeadLetter<DeadContent> =>
  letter.content._tag !== "Unreadable"
