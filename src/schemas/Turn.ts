/** What an agent is asked, and what it answers. */
import { Schema } from "effect"
import { AskedPoll, Effect, NamedMessage } from "./Act.ts"
import { Envelope } from "./Envelope.ts"
import { Reaction } from "./Reaction.ts"

/** A file that an agent may open; `bytes` is its size, `transcript` what is said in a voice note. */
export const GivenFile = Schema.Struct({
  path: Schema.String,
  mimeType: Schema.String,
  name: Schema.String,
  bytes: Schema.Number,
  transcript: Schema.optionalWith(Schema.String, { exact: true })
})
export type GivenFile = typeof GivenFile.Type

/** A file that an agent only hears of. */
export const WithheldFile = Schema.Struct({
  kind: Schema.Literal("image", "video", "audio", "file"),
  reason: Schema.Literal(
    "too large",
    "too many",
    "missing",
    "not a file",
    "outside the allowed folders",
    "could not be fetched",
    "cannot be converted"
  )
})
export type WithheldFile = typeof WithheldFile.Type

/** What became of the files of a message: every one is given or withheld. */
export const TurnFiles = Schema.Struct({
  attachments: Schema.Array(GivenFile),
  withheld: Schema.Array(WithheldFile)
})
export type TurnFiles = typeof TurnFiles.Type

/** A message of a turn. */
export const TurnMessage = Schema.Struct({ ...Envelope.fields, ...TurnFiles.fields })
export type TurnMessage = typeof TurnMessage.Type

/** A group message that was not for the agent, or a reaction in any chat, kept to give the next turn its context. */
export const HistoryEntry = Schema.Struct({
  guid: Schema.String,
  sender: Schema.String,
  senderName: Schema.optionalWith(Schema.String, { exact: true }),
  text: Schema.String,
  /** What a reaction is to; its `text` says it too. */
  reaction: Schema.optionalWith(Reaction, { exact: true }),
  ...TurnFiles.fields
})
export type HistoryEntry = typeof HistoryEntry.Type

/** A message that an agent said in a chat: it can edit it, or take it back. `at` is Unix ms. */
export const SentMessage = Schema.Struct({ guid: Schema.String, at: Schema.Number })
export type SentMessage = typeof SentMessage.Type

/** One or more messages of one chat, given to an agent at once. */
export const Turn = Schema.Struct({
  /** Stable across redelivery: an agent that sees an id again is asked the same thing again. */
  id: Schema.String,
  sessionKey: Schema.String,
  agentId: Schema.String,
  isGroup: Schema.Boolean,
  envelopes: Schema.NonEmptyArray(TurnMessage),
  /** What was said in a group since the last turn, oldest first; in a direct chat only reactions. */
  history: Schema.Array(HistoryEntry),
  /** Whether older ones are left out, because all of them would be too long. */
  isHistoryCut: Schema.optionalWith(Schema.Boolean, { exact: true }),
  systemPrompt: Schema.optionalWith(Schema.String, { exact: true }),
  /** What the agent itself said last in this chat, oldest first; for agents that can do something with it. */
  sent: Schema.optionalWith(Schema.Array(SentMessage), { exact: true })
})
export type Turn = typeof Turn.Type

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/**
 * One message of an agent's answer; `media` are paths or URLs. What follows needs imsg's private bridge, and is left out
 * where there is none: the text goes all the same.
 */
export const Reply = Schema.Struct({
  text: optional(Schema.String),
  media: optional(Schema.Array(Schema.String)),
  /** The guid of the message whose bubble it is a reply to; `true` for the last one of the turn. */
  replyTo: optional(NamedMessage),
  effect: optional(Effect),
  /** Whether its files are voice notes. */
  voice: optional(Schema.Boolean),
  poll: optional(AskedPoll)
})
export type Reply = typeof Reply.Type
