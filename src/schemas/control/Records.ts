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

/** A chat as people choose one from a list. `lastMessageAt` is in Unix ms; what imsg does not say is left out. */
export const ChatRecord = Schema.Struct({
  accountId: Schema.String,
  id: Schema.Int,
  name: Schema.UndefinedOr(Schema.String),
  participants: Schema.Array(Schema.String),
  isGroup: Schema.Boolean,
  service: Schema.UndefinedOr(Schema.String),
  identifier: Schema.UndefinedOr(Schema.String),
  guid: Schema.UndefinedOr(Schema.String),
  lastMessageAt: Schema.UndefinedOr(Schema.Number)
}).annotations({ identifier: "Chat" })
export type ChatRecord = typeof ChatRecord.Type

/** A message of Messages' own history; `files` are names, `at` is in Unix ms. */
export const MessageRecord = Schema.Struct({
  id: Schema.Int,
  guid: Schema.String,
  at: Schema.UndefinedOr(Schema.Number),
  isFromMe: Schema.Boolean,
  sender: Schema.UndefinedOr(Schema.String),
  senderName: Schema.UndefinedOr(Schema.String),
  text: Schema.String,
  files: Schema.Array(Schema.String)
}).annotations({ identifier: "Message" })
export type MessageRecord = typeof MessageRecord.Type
