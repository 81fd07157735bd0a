/** What happens in the gateway, as its metrics count it and whoever listens is told. */
import { Schema } from "effect"
import { TurnOutcome } from "./Decision.ts"
import { PermissionReason, ToolKind } from "./Permission.ts"

const AccountId = Schema.String
const Text = Schema.optionalWith(Schema.String, { exact: true })
const DurationMs = Schema.Number

/** An account is in another state. `code` is that of the failure that brought it there. */
const AccountState = Schema.TaggedStruct("AccountState", {
  accountId: AccountId,
  state: Schema.Literal("starting", "running", "backoff", "degraded", "stopped", "disabled"),
  reason: Schema.String,
  code: Text,
  message: Text
})

/** A child took the place of one that failed; `reason` is the failure's code. */
const ChildRestarted = Schema.TaggedStruct("ChildRestarted", { accountId: AccountId, reason: Schema.String })

/** A row was judged. Of people who are not admitted neither their handle nor their words are told. */
const MessageJudged = Schema.TaggedStruct("MessageJudged", {
  accountId: AccountId,
  rowId: Schema.Int,
  /** The reason of the verdict, or what became of the row otherwise. */
  fate: Schema.String,
  chatId: Schema.optionalWith(Schema.Int, { exact: true }),
  sender: Text,
  text: Text
})

/** The agent of a turn is about to be asked. */
const TurnBegun = Schema.TaggedStruct("TurnBegun", {
  turnId: Schema.String,
  accountId: AccountId,
  sessionKey: Schema.String,
  agentId: Schema.String
})

const TurnEnded = Schema.TaggedStruct("TurnEnded", {
  turnId: Schema.String,
  accountId: AccountId,
  sessionKey: Schema.String,
  agentId: Schema.String,
  outcome: TurnOutcome,
  durationMs: DurationMs
})

/**
 * An agent has thought, planned or begun to use a tool: nothing of it is said to anybody. `kind` is that of a tool; `text` is
 * in the agent's words.
 */
const AgentWorked = Schema.TaggedStruct("AgentWorked", {
  turnId: Schema.String,
  accountId: AccountId,
  sessionKey: Schema.String,
  agentId: Schema.String,
  what: Schema.Literal("thought", "plan", "tool"),
  kind: Schema.optionalWith(ToolKind, { exact: true }),
  text: Text
})

/** An agent asked for leave, and an owner is asked. The code is for owners alone, and is told nobody else. */
const PermissionAsked = Schema.TaggedStruct("PermissionAsked", {
  number: Schema.Int,
  accountId: AccountId,
  agentId: Schema.String,
  turnId: Schema.String,
  kind: ToolKind,
  text: Text
})

/** A request for leave was answered, or came to nothing. */
const PermissionDecided = Schema.TaggedStruct("PermissionDecided", {
  number: Schema.Int,
  accountId: AccountId,
  agentId: Schema.String,
  turnId: Schema.String,
  kind: ToolKind,
  allowed: Schema.Boolean,
  reason: PermissionReason
})

/** A budget of `messages.budget` is used up, which is told once a day. `subject` is the person, or the chat. */
const BudgetExceeded = Schema.TaggedStruct("BudgetExceeded", {
  accountId: AccountId,
  budget: Schema.Literal("turns", "parts"),
  subject: Schema.String
})

const Outcome = Schema.Literal("sent", "uncertain", "failed")
/** What the Mac cannot do, and nothing depends on, is left out. */
const PartOutcome = Schema.Literal(...Outcome.literals, "left-out")

/** A part has its final state. `durationMs` counts from when it was this part's turn. */
const PartSettled = Schema.TaggedStruct("PartSettled", {
  deliveryId: Schema.String,
  accountId: AccountId,
  target: Schema.String,
  index: Schema.Int,
  outcome: PartOutcome,
  guid: Text,
  text: Text,
  durationMs: DurationMs
})

/**
 * All parts of a delivery have. What was of no use any more before it was sent is `expired`, what was taken back is
 * `withdrawn`, and where nothing of it could be done it is `left-out`. `durationMs` counts from when it was accepted.
 */
const DeliveryEnded = Schema.TaggedStruct("DeliveryEnded", {
  deliveryId: Schema.String,
  accountId: AccountId,
  target: Schema.String,
  outcome: Schema.Literal(...PartOutcome.literals, "expired", "withdrawn"),
  durationMs: DurationMs
})

/** A chat gives the gateway's own words back, for so many times now, 0 by order; null where its owner has to resume it. */
const ChatPaused = Schema.TaggedStruct("ChatPaused", {
  accountId: AccountId,
  chat: Schema.String,
  times: Schema.Int,
  until: Schema.NullOr(Schema.Number)
})

/** What waited in a paused chat goes on. */
const ChatResumed = Schema.TaggedStruct("ChatResumed", { accountId: AccountId, chat: Schema.String })

/** A stranger was given a code. */
const PairingRequested = Schema.TaggedStruct("PairingRequested", {
  accountId: AccountId,
  sender: Schema.String,
  code: Schema.String
})

/** Somebody who was approved, by whichever process, is about to be told. */
const PairingApproved = Schema.TaggedStruct("PairingApproved", {
  accountId: AccountId,
  sender: Schema.String
})

/** The config was read again; the names are those of accounts. */
const ConfigReloaded = Schema.TaggedStruct("ConfigReloaded", {
  added: Schema.Array(Schema.String),
  removed: Schema.Array(Schema.String),
  changed: Schema.Array(Schema.String)
})

/** A browser signed in on the web page. `address` is where its connection came from. */
const SignedIn = Schema.TaggedStruct("SignedIn", { address: Schema.String })

/** A wrong token was shown to the web page; of those beyond the limit of a minute nothing is told. */
const TokenRefused = Schema.TaggedStruct("TokenRefused", { address: Schema.String })

/** The gateway was asked, on its socket, over TCP or by a tool, to send a message, and accepted it. */
const SendAccepted = Schema.TaggedStruct("SendAccepted", {
  deliveryId: Schema.String,
  accountId: AccountId,
  target: Schema.String,
  via: Schema.Literal("socket", "web", "tool")
})

export const GatewayEvent = Schema.Union(
  AccountState,
  ChildRestarted,
  MessageJudged,
  TurnBegun,
  TurnEnded,
  AgentWorked,
  PermissionAsked,
  PermissionDecided,
  BudgetExceeded,
  PartSettled,
  DeliveryEnded,
  ChatPaused,
  ChatResumed,
  PairingRequested,
  PairingApproved,
  ConfigReloaded,
  SignedIn,
  TokenRefused,
  SendAccepted
)
export type GatewayEvent = typeof GatewayEvent.Type

/** An event with its number since the gateway was started, from 1, and its time in Unix ms. */
export const NumberedEvent = Schema.Struct({ id: Schema.Int, at: Schema.Number, event: GatewayEvent })
export type NumberedEvent = typeof NumberedEvent.Type

/** An event without anybody's words. */
export const withoutText = (event: GatewayEvent): GatewayEvent => {
  if (!("text" in event)) return event
  const { text: _, ...rest } = event
  return rest
}
