/** What the audit log keeps: who did what to the gateway, and when; never what people wrote. */
import { Schema } from "effect"
import { ACTS } from "./Act.ts"
import { Scope } from "./Grant.ts"
import { ToolKind } from "./Permission.ts"

const Text = Schema.String
const AccountId = Schema.String
/** A token by what people call it. */
const ofToken = { number: Schema.Int, name: Text }
const shown = { token: Schema.optionalWith(Schema.Struct(ofToken), { exact: true }) }

/**
 * Who did it. `Web` is an address that talks to the page: with a session where a browser is signed in, without one
 * where a program shows the token, or nobody is let in yet. `session` is a digest of the cookie and opens nothing;
 * `token` is one of those that commands make. `Agent` is one that works for a turn, or, without a name, between its turns.
 */
export const AuditActor = Schema.Union(
  Schema.TaggedStruct("Gateway", {}),
  Schema.TaggedStruct("CommandLine", { user: Text }),
  Schema.TaggedStruct("Signal", { signal: Text }),
  Schema.TaggedStruct("Socket", shown),
  Schema.TaggedStruct("Web", {
    address: Text,
    session: Schema.optionalWith(Text, { exact: true }),
    ...shown
  }),
  Schema.TaggedStruct("Agent", { agentId: Schema.optionalWith(Text, { exact: true }) }),
  Schema.TaggedStruct("Chat", { accountId: AccountId, handle: Text })
)
export type AuditActor = typeof AuditActor.Type

const ofSender = { accountId: AccountId, sender: Text }
const ofLetter = { number: Schema.Int }
const ofConversation = { agentId: Text, kind: Schema.Literal("person", "group", "session"), of: Text }

/** What was done. */
export const AuditEvent = Schema.Union(
  Schema.TaggedStruct("PairingApproved", ofSender),
  Schema.TaggedStruct("PairingRejected", ofSender),
  Schema.TaggedStruct("PairingRevoked", ofSender),
  Schema.TaggedStruct("SignedIn", {}),
  Schema.TaggedStruct("SignedOut", {}),
  /** One without scopes was made before there were any: it is worth all of them. */
  Schema.TaggedStruct("TokenCreated", {
    ...ofToken,
    scopes: Schema.optionalWith(Schema.Array(Scope), { exact: true })
  }),
  Schema.TaggedStruct("TokenRevoked", ofToken),
  /** `as`: the form of the page, or a program's header. */
  Schema.TaggedStruct("TokenRefused", { as: Schema.Literal("sign-in", "program") }),
  /** A message from the owner, not from an agent. */
  Schema.TaggedStruct("MessageSent", { accountId: AccountId, deliveryId: Text, target: Text }),
  /** Something beside a message that was asked for, by what it is. */
  Schema.TaggedStruct("ActAsked", {
    accountId: AccountId,
    deliveryId: Text,
    target: Text,
    act: Schema.Literal(...ACTS)
  }),
  Schema.TaggedStruct("DeadLetterRetried", { ...ofLetter, anyway: Schema.Boolean }),
  Schema.TaggedStruct("DeadLetterDropped", ofLetter),
  /** Somebody read the words of one through the gateway. */
  Schema.TaggedStruct("DeadLetterShown", ofLetter),
  /** Somebody read what an agent remembers. */
  Schema.TaggedStruct("ConversationShown", ofConversation),
  /** Somebody read the messages of a chat through the gateway. */
  Schema.TaggedStruct("HistoryRead", { accountId: AccountId, chatId: Schema.Int }),
  /** Somebody began to listen to events with the words of messages. */
  Schema.TaggedStruct("WordsHeard", {}),
  Schema.TaggedStruct("ConversationCleared", ofConversation),
  /** `sections` are the keys of the config that are different. */
  Schema.TaggedStruct("ConfigReloaded", { sections: Schema.Array(Text), accounts: Schema.Array(Text) }),
  Schema.TaggedStruct("ConfigRefused", { code: Text }),
  Schema.TaggedStruct("ChatPaused", { accountId: AccountId, chat: Text }),
  /** A chat that was paused goes on by order. */
  Schema.TaggedStruct("ChatResumed", { accountId: AccountId, chat: Text }),
  /** Somebody said whether an agent may do what it asked for. */
  Schema.TaggedStruct("PermissionDecided", {
    number: Schema.Int,
    agentId: Text,
    kind: ToolKind,
    allowed: Schema.Boolean
  })
)
export type AuditEvent = typeof AuditEvent.Type

/** `number` counts up and is never given twice; `at` is Unix milliseconds. */
export const AuditEntry = Schema.Struct({
  number: Schema.Int,
  at: Schema.Number,
  by: AuditActor,
  event: AuditEvent
})
export type AuditEntry = typeof AuditEntry.Type
