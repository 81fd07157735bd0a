/** Pairing requests, dead letters, conversations and deliveries, as the control server lists them. Times are Unix milliseconds. */
import { Schema } from "effect"
import { ConversationKey, Exchange } from "../Conversation.ts"

export const PairingRequestRecord = Schema.Struct({
  accountId: Schema.String,
  sender: Schema.String,
  code: Schema.String,
  createdAt: Schema.Number,
  expiresAt: Schema.Number,
  lastSeenAt: Schema.Number
}).annotations({ identifier: "PairingRequest" })

export const PairingApprovalRecord = Schema.Struct({
  accountId: Schema.String,
  sender: Schema.String,
  approvedAt: Schema.Number
}).annotations({ identifier: "PairingApproval" })

/** A dead letter without anybody's words. */
export const LetterRecord = Schema.Struct({
  id: Schema.Int,
  kind: Schema.Literal("turn", "delivery"),
  accountId: Schema.String,
  sessionKey: Schema.optionalWith(Schema.String, { exact: true }),
  chat: Schema.String,
  code: Schema.String,
  reason: Schema.String,
  status: Schema.Literal("dead", "asked", "retrying"),
  attempts: Schema.Int,
  failedAt: Schema.Number
}).annotations({ identifier: "DeadLetter" })
export type LetterRecord = typeof LetterRecord.Type

const conversation = {
  id: Schema.Int,
  ...ConversationKey.fields,
  /** The name that `people` gives now to whose handle it is. */
  name: Schema.optionalWith(Schema.String, { exact: true }),
  exchanges: Schema.Int,
  beganAt: Schema.Number,
  lastAt: Schema.Number
}

/** What an agent remembers, without anybody's words. */
export const ConversationRecord = Schema.Struct(conversation).annotations({ identifier: "Conversation" })
export type ConversationRecord = typeof ConversationRecord.Type

/** The same with all that was said, oldest first. */
export const ConversationWords = Schema.Struct({
  ...conversation,
  said: Schema.Array(Exchange)
}).annotations({ identifier: "ConversationWords" })
export type ConversationWords = typeof ConversationWords.Type

/** A reply that waits or is being sent. */
export const WaitingDelivery = Schema.Struct({
  id: Schema.String,
  accountId: Schema.String,
  target: Schema.String,
  acceptedAt: Schema.Number
}).annotations({ identifier: "WaitingDelivery" })
export type WaitingDelivery = typeof WaitingDelivery.Type

/** A part of a reply that has its final state. */
export const SettledPart = Schema.Struct({
  deliveryId: Schema.String,
  index: Schema.Int,
  accountId: Schema.String,
  state: Schema.Literal("sent", "uncertain", "failed"),
  guid: Schema.NullOr(Schema.String),
  detail: Schema.NullOr(Schema.String),
  settledAt: Schema.Number
}).annotations({ identifier: "SettledPart" })
export type SettledPart = typeof SettledPart.Type
