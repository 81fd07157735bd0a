/** The rows of chat.db as the simulator hands them out, and what is asked of it. Times are Unix milliseconds. */
import { Schema } from "effect"
import { Extras } from "./bridge/Extras.ts"

/** The handle of the person whose Messages this is; a direct chat with it is a chat with oneself. */
export const OWN_HANDLE = "+15555550100"
/** Another handle of theirs: they write to it, and never from it, so no outgoing row names it. */
export const OWN_ALIAS = "me@example.com"
export const OWN_HANDLES: ReadonlyArray<string> = [OWN_HANDLE, OWN_ALIAS]

/** The service that carries a chat. */
export const Service = Schema.Literal("iMessage", "SMS", "RCS")
export type Service = typeof Service.Type

/** A boolean as SQLite keeps it. */
export const Flag = Schema.transform(Schema.Int, Schema.Boolean, {
  strict: true,
  decode: (n) => n !== 0,
  encode: (b) => (b ? 1 : 0)
})

/** A chat, with `participants` sorted. `lastMessageAt` is null for a chat without messages. */
export const Chat = Schema.Struct({
  id: Schema.Int,
  identifier: Schema.String,
  guid: Schema.String,
  name: Schema.String,
  service: Schema.String,
  /** Own handles: by which login the chat goes, as `P:` and a number or `E:` and an email, and which one is written to. */
  accountLogin: Schema.String,
  lastAddressedHandle: Schema.String,
  participants: Schema.parseJson(Schema.Array(Schema.String)),
  /** Whether the owner left it. */
  hasLeft: Flag,
  lastMessageAt: Schema.NullOr(Schema.Int),
  unreadCount: Schema.Int
})
export type Chat = typeof Chat.Type

/** A file that came or went with a message. `filename` is its path. */
export const Attachment = Schema.Struct({
  filename: Schema.String,
  transferName: Schema.String,
  uti: Schema.String,
  mimeType: Schema.String,
  totalBytes: Schema.Int,
  isSticker: Schema.optionalWith(Schema.Union(Schema.Boolean, Flag), { default: () => false })
})
export type Attachment = typeof Attachment.Type

/** A tapback that still stands on a message. `type` is 2000 to 2006. */
export const StandingReaction = Schema.Struct({
  id: Schema.Int,
  type: Schema.Int,
  emoji: Schema.NullOr(Schema.String),
  sender: Schema.String,
  isFromMe: Flag,
  at: Schema.Int
})
export type StandingReaction = typeof StandingReaction.Type

/** A row of `message` with its chat. */
export const MessageRow = Schema.Struct({
  id: Schema.Int,
  guid: Schema.String,
  chatId: Schema.Int,
  chatIdentifier: Schema.String,
  chatGuid: Schema.String,
  chatName: Schema.String,
  participants: Schema.parseJson(Schema.Array(Schema.String)),
  sender: Schema.String,
  isFromMe: Flag,
  text: Schema.String,
  at: Schema.Int,
  isRead: Flag,
  destinationCallerId: Schema.NullOr(Schema.String),
  associatedGuid: Schema.NullOr(Schema.String),
  associatedType: Schema.Int,
  associatedEmoji: Schema.NullOr(Schema.String),
  threadOriginatorGuid: Schema.NullOr(Schema.String),
  threadOriginatorPart: Schema.optional(Schema.NullOr(Schema.String)),
  replyToGuid: Schema.NullOr(Schema.String),
  balloonBundleId: Schema.NullOr(Schema.String),
  parentText: Schema.NullOr(Schema.String),
  parentSender: Schema.NullOr(Schema.String),
  extras: Schema.optional(Schema.NullOr(Schema.parseJson(Extras))),
  attachments: Schema.parseJson(Schema.Array(Attachment)),
  reactions: Schema.parseJson(Schema.Array(StandingReaction))
})
export type MessageRow = typeof MessageRow.Type

/** A link preview that came with a message; `id` is the rowid of its own row. */
export interface UrlPreview {
  readonly id: number
  readonly guid: string
  readonly balloonBundleId: string
  readonly at: number
}

/** Which row a write made. */
export const Inserted = Schema.Struct({ rowId: Schema.Int, guid: Schema.String })
export type Inserted = typeof Inserted.Type

/** An outgoing row. */
export const SentMessage = Schema.Struct({
  rowId: Schema.Int,
  guid: Schema.String,
  chatId: Schema.Int,
  text: Schema.String,
  at: Schema.Int,
  /** The guid of the message that it replies to. */
  replyTo: Schema.optionalWith(Schema.String, { nullable: true }),
  extras: Schema.optionalWith(Schema.parseJson(Extras), { nullable: true })
})
export type SentMessage = typeof SentMessage.Type

/** The names of the tapbacks, in the order of their numbers from 2000. */
export const REACTIONS = ["love", "like", "dislike", "laugh", "emphasis", "question", "custom"] as const
export type ReactionName = (typeof REACTIONS)[number]

/**
 * What Messages may write of a row in a later transaction: that it is in its chat, that its attachments are its own,
 * and of one that the owner wrote that it is from them.
 */
export const LATE = ["chat", "attachments", "fromMe"] as const
export type Late = (typeof LATE)[number]

/** What one row of `message` is made from. `sender` is null for what the owner wrote; `at` is now when absent. */
export interface NewMessage {
  readonly chatId: number
  readonly sender: string | null
  readonly text: string
  readonly at?: number
  readonly guid?: string
  readonly replyTo?: string
  /** Which part of that message, as Messages writes it: `0:0:5` is the first, of five characters. */
  readonly replyPart?: string
  /** The guid of the message before it, which Messages writes down for most of them: it is no reply. */
  readonly follows?: string
  /** The extension of Messages that made it, such as `com.apple.messages.URLBalloonProvider`. */
  readonly balloonBundleId?: string
  /** By which service, where its chat is one for all of them; that of its chat when absent. */
  readonly service?: Service
  readonly attachments?: ReadonlyArray<Attachment>
  /** A tapback on a part (0 when absent) of the message `to`. */
  readonly reaction?: {
    readonly to: string
    readonly type: number
    readonly emoji?: string
    readonly part?: number
  }
  /** What there is of it beside its text. A vote belongs to the message of its poll. */
  readonly extras?: Extras
  /** What is left out at first; `complete` writes it. */
  readonly without?: ReadonlyArray<Late>
}

/** One of the ways to name a chat. */
export type ChatSelector =
  | { readonly chatId: number }
  | { readonly chatGuid: string }
  | { readonly chatIdentifier: string }
  | { readonly handle: string; readonly service: Service }

/** A handle as Messages stores it: an email in lower case, a number without its punctuation. */
export const canonicalHandle = (handle: string): string =>
  handle.includes("@") ? handle.trim().toLowerCase() : handle.replace(/[\s().-]/g, "")
