/** Pairing requests, dead letters, conversations and deliveries, as the control server lists them. Times are Unix milliseconds. */
import { Schema } from "effect"
import { ConversationKey, Exchange } from "../Conversation.ts"
import { DecidedPart, DecidedTurn } from "../Decision.ts"

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

const letter = {
  id: Schema.Int,
  kind: Schema.Literal("turn", "delivery"),
  accountId: Schema.String,
  sessionKey: Schema.optionalWith(Schema.String, { exact: true }),
  /** The handle of who wrote the first message of a turn; a delivery has none. */
  sender: Schema.optionalWith(Schema.String, { exact: true }),
  chat: Schema.String,
  code: Schema.String,
  reason: Schema.String,
  status: Schema.Literal("dead", "asked", "retrying"),
  attempts: Schema.Int,
  failedAt: Schema.Number
}

/** A dead letter without anybody's words. */
export const LetterRecord = Schema.Struct(letter).annotations({ identifier: "DeadLetter" })
export type LetterRecord = typeof LetterRecord.Type

/** What somebody wrote that has no answer; `files` are names. */
const Asked = Schema.Struct({
  sender: Schema.String,
  senderName: Schema.optionalWith(Schema.String, { exact: true }),
  at: Schema.NullOr(Schema.Number),
  text: Schema.String,
  files: Schema.Array(Schema.String)
})

/** A part of an answer, and where it is: `words` are null where they are not kept any more. */
const AnsweredPart = Schema.Struct({
  state: Schema.String,
  words: Schema.NullOr(Schema.String),
  detail: Schema.NullOr(Schema.String)
})

/** A dead letter with all that was said: of a turn what was asked, of a delivery what was to be answered. */
export const LetterWords = Schema.Struct({
  ...letter,
  /** All that is known of why, with what the agent said. */
  report: Schema.String,
  asked: Schema.Array(Asked),
  answered: Schema.Array(AnsweredPart)
}).annotations({ identifier: "DeadLetterWords" })
export type LetterWords = typeof LetterWords.Type

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
  accountId: Schema.String,
  ...DecidedPart.fields
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

/** An agent, and how it did. Turns are those that ended within a day. */
export const AgentReport = Schema.Struct({
  id: Schema.String,
  name: Schema.NullOr(Schema.String),
  /** Whether it answers what no binding matches. */
  isDefault: Schema.Boolean,
  runtime: Schema.Literal("echo", "command", "openai", "anthropic", "cli", "acp", "webhook"),
  /** The model, program or host that answers. */
  where: Schema.String,
  lastTurn: Schema.NullOr(DecidedTurn),
  turns: Schema.Int,
  failedTurns: Schema.Int
}).annotations({ identifier: "Agent" })
export type AgentReport = typeof AgentReport.Type

/** The config that the gateway runs with. `config` has "…" where a secret may be. */
export const ConfigReport = Schema.Struct({
  file: Schema.NullOr(Schema.String),
  people: Schema.Array(Schema.Struct({ name: Schema.String, handles: Schema.Array(Schema.String) })),
  warnings: Schema.Array(Schema.String),
  /** The keys whose secret stands in the file itself. */
  writtenSecrets: Schema.Array(Schema.String),
  config: Schema.Unknown
}).annotations({ identifier: "Config" })
export type ConfigReport = typeof ConfigReport.Type
