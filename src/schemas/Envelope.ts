/** An inbound message, normalised: all that the steps after the account see of it. */
import { Schema } from "effect"
import type { AccountConfig } from "./Config.ts"
import type { ChatNames } from "./GroupSettings.ts"
import { normaliseHandle } from "./Handle.ts"
import type { ImsgAttachment, ImsgMessage } from "./ImsgProtocol.ts"
import { Poll, pollInWords, pollOf } from "./Poll.ts"
import { isQuotingWords, type ReactedTo, Reaction, reactionInWords, withoutReactedTo } from "./Reaction.ts"
import { isReactionRow, reactionOfRow } from "./rowReactions.ts"
import { MessageService, messageService, Service, type Target } from "./Target.ts"

/** A file as Messages speaks of it: nothing here says that it is there, or what it really is. */
export const EnvelopeAttachment = Schema.Struct({
  path: Schema.String,
  mimeType: Schema.String,
  name: Schema.String,
  /** A copy of a voice note that more can read, which `imsg` has made. */
  converted: Schema.optionalWith(Schema.Struct({ path: Schema.String, mimeType: Schema.String }), {
    exact: true
  })
})
export type EnvelopeAttachment = typeof EnvelopeAttachment.Type

export const Envelope = Schema.Struct({
  accountId: Schema.String,
  /** The row's id in its database. */
  rowId: Schema.Int,
  /** Where the watch resumes after this row: its own `cursor`, else its rowid. */
  cursor: Schema.Int,
  guid: Schema.String,
  /** The rowid of its chat; absent where Messages does not say. */
  chatId: Schema.optionalWith(Schema.Int, { exact: true }),
  chatGuid: Schema.optionalWith(Schema.String, { exact: true }),
  chatIdentifier: Schema.optionalWith(Schema.String, { exact: true }),
  /** How many others are in the chat, where Messages says it. */
  participantCount: Schema.optionalWith(Schema.Int, { exact: true }),
  /** The service of its chat, else the one that the account is set to. */
  service: Schema.optionalWith(Service, { default: () => "auto" }),
  /** The service that the message came by; absent where Messages does not say. */
  via: Schema.optionalWith(MessageService, { exact: true }),
  isGroup: Schema.Boolean,
  isFromMe: Schema.Boolean,
  /** Whether it is a tapback or a vote in a poll. */
  isReaction: Schema.Boolean,
  /** Absent also of a reaction of which nobody knows to what it is. */
  reaction: Schema.optionalWith(Reaction, { exact: true }),
  /** The poll that it is; its text says it too. */
  poll: Schema.optionalWith(Poll, { exact: true }),
  /** Normalised handle of who wrote it; empty where Messages does not say, or says what is nobody's handle. */
  sender: Schema.String,
  senderName: Schema.optionalWith(Schema.String, { exact: true }),
  text: Schema.String,
  /** Unix time in milliseconds by the Mac's clock; absent where it could not be read. */
  sentAt: Schema.optionalWith(Schema.Number, { exact: true }),
  attachments: Schema.Array(EnvelopeAttachment),
  /** The guid of the message whose bubble it replies to, whether that can be quoted or not. */
  threadGuid: Schema.optionalWith(Schema.String, { exact: true }),
  /**
   * The message that it replies to; `sender` is its normalised handle, which may be the account's own. A reaction has none:
   * what it is to is said there.
   */
  replyTo: Schema.optionalWith(
    Schema.Struct({
      text: Schema.String,
      sender: Schema.optionalWith(Schema.String, { exact: true }),
      guid: Schema.optionalWith(Schema.String, { exact: true })
    }),
    { exact: true }
  )
})
export type Envelope = typeof Envelope.Type

/** Messages writes this where a text holds a file. */
const OBJECT_REPLACEMENT = /\ufffc/gu

/** Messages' own, beside a link or what an app shows: nobody's file. */
const PLUGIN_PAYLOAD = ".pluginpayloadattachment"

export const isPluginPayload = ({ filename, original_path, transfer_name }: ImsgAttachment): boolean =>
  [filename, original_path, transfer_name].some((name) => name?.toLowerCase().endsWith(PLUGIN_PAYLOAD))

/** Pictures that imsg converts (of a GIF the first frame) lose what they are. */
const convertedAudio = ({
  converted_mime_type: mimeType = "",
  converted_path: path = ""
}: ImsgAttachment): Pick<EnvelopeAttachment, "converted"> =>
  path !== "" && /^audio\//iu.test(mimeType) ? { converted: { path, mimeType } } : {}

const attachment = (file: ImsgAttachment): EnvelopeAttachment => {
  // Builds write an empty string where they know nothing.
  const path = file.original_path || file.filename || ""
  return {
    path,
    mimeType: file.mime_type || "application/octet-stream",
    name: file.transfer_name || path.slice(path.lastIndexOf("/") + 1),
    ...convertedAudio(file)
  }
}

/** Guids of chats begin with their service: `iMessage;-;+15555550123`. Newer ones begin with `any`. */
const serviceInGuid = ({ chat_guid }: ImsgMessage): string | undefined => chat_guid?.split(";", 1)[0]

/** The service that a row came by: its own or that of its chat where it is said, else that of its chat's guid. */
export const viaOf = (message: ImsgMessage): MessageService | undefined =>
  messageService(message.service) ?? messageService(serviceInGuid(message))

/** The service to reply by, as `send` takes it. */
const serviceOf = (message: ImsgMessage): Service | undefined => {
  const name = serviceInGuid(message)?.toLowerCase()
  return name === "imessage" || name === "sms" ? name : undefined
}

const replyTo = (message: ImsgMessage, region: string): Pick<Envelope, "replyTo"> => {
  const text = (message.reply_to_text ?? "").replace(OBJECT_REPLACEMENT, "")
  // Of a file that is replied to nothing is left that could be quoted.
  if (text.trim() === "") return {}
  // The text is that of the thread's first message where there is one.
  const guid = message.thread_originator_guid || message.reply_to_guid
  const sender = message.reply_to_sender && normaliseHandle(message.reply_to_sender, region)
  return {
    replyTo: {
      text,
      ...(sender ? { sender } : {}),
      ...(guid ? { guid } : {})
    }
  }
}

/** What a row says in words; of a reaction and of a poll what agents are told that read only texts. */
export const wordsOf = (message: ImsgMessage): Pick<Envelope, "text" | "reaction" | "poll"> => {
  const text = (message.text ?? "").replace(OBJECT_REPLACEMENT, "")
  const reaction = reactionOfRow(message)
  if (reaction !== undefined) return { reaction, text: reactionInWords(reaction) }
  const poll = message.poll === undefined ? undefined : pollOf(message.guid, message.poll)
  if (poll === undefined) return { text }
  return { poll, text: text.trim() === "" ? pollInWords(poll) : `${text}\n${pollInWords(poll)}` }
}

/** The envelope of a row. The account's `region` reads phone numbers without a country code. */
export const fromMessage = (
  {
    id: accountId,
    includeAttachments,
    region,
    service
  }: Pick<AccountConfig, "id" | "includeAttachments" | "region" | "service">,
  message: ImsgMessage
): Envelope => {
  const sentAt = Date.parse(message.created_at ?? "")
  const via = viaOf(message)
  return {
    accountId,
    rowId: message.id,
    cursor: message.cursor ?? message.id,
    guid: message.guid,
    ...(message.chat_id !== undefined && message.chat_id > 0 ? { chatId: message.chat_id } : {}),
    ...(message.chat_guid ? { chatGuid: message.chat_guid } : {}),
    ...(message.chat_identifier ? { chatIdentifier: message.chat_identifier } : {}),
    ...(message.participants === undefined ? {} : { participantCount: message.participants.length }),
    service: serviceOf(message) ?? service,
    ...(via === undefined ? {} : { via }),
    isGroup:
      message.is_group ??
      ((message.chat_guid ?? "").includes(";+;") || (message.chat_identifier ?? "").includes(";+;")),
    isFromMe: message.is_from_me,
    isReaction: isReactionRow(message),
    sender: message.sender === undefined ? "" : normaliseHandle(message.sender, region),
    ...(message.sender_name ? { senderName: message.sender_name } : {}),
    ...wordsOf(message),
    ...(Number.isNaN(sentAt) ? {} : { sentAt }),
    // Not `reply_to_guid`: newer builds fill it for most messages, with whatever came before them.
    ...(message.thread_originator_guid ? { threadGuid: message.thread_originator_guid } : {}),
    // Builds may show files that were not asked for.
    attachments:
      includeAttachments && !isReactionRow(message)
        ? (message.attachments ?? []).filter((file) => !isPluginPayload(file)).map(attachment)
        : [],
    // A reaction quotes only what it is to, which is weighed before an agent reads it.
    ...(isReactionRow(message) ? {} : replyTo(message, region))
  }
}

const GROUP = ";+;"

/** Whether others than who wrote an envelope see what is answered to it in its chat. */
export const mayBeSeenByOthers = ({
  chatGuid = "",
  chatIdentifier = "",
  isGroup,
  participantCount = 1
}: Envelope): boolean =>
  isGroup || participantCount > 1 || chatGuid.includes(GROUP) || chatIdentifier.includes(GROUP)

/** Whether nobody has asked anything: people have only reacted. */
export const isOnlyReactions = (envelopes: ReadonlyArray<Pick<Envelope, "isReaction">>): boolean =>
  envelopes.every(({ isReaction }) => isReaction)

/** The envelope of a reaction, with what is known of it. One in words may have come in somebody's thread: that is no reply. */
export const withReaction = ({ replyTo: _, ...envelope }: Envelope, reaction: Reaction): Envelope => ({
  ...envelope,
  isReaction: true,
  reaction,
  text: reactionInWords(reaction)
})

/** Whose words an envelope quotes: those that it replies to, or reacts to; none where it has none of them. */
export const quotedBy = ({
  reaction,
  replyTo
}: Pick<Envelope, "reaction" | "replyTo">): Partial<ReactedTo> | undefined => {
  if (reaction === undefined) return replyTo
  return isQuotingWords(reaction) ? reaction.to : undefined
}

/** The envelope without what it quotes: what it replies to, or reacts to. */
export const withoutQuote = ({ replyTo: _, ...rest }: Envelope): Envelope =>
  rest.reaction === undefined ? rest : withReaction(rest, withoutReactedTo(rest.reaction))

/** Where the reply to an envelope goes: its chat, else the person who wrote it. */
export const replyTarget = ({
  chatId,
  sender,
  service
}: Pick<Envelope, "chatId" | "sender" | "service">): Target =>
  chatId === undefined ? { _tag: "Handle", handle: sender, service } : { _tag: "ChatId", chatId }

/** The chat of an envelope by all that it is called; none where Messages does not say its id. */
export const chatOf = ({
  chatGuid,
  chatId,
  chatIdentifier
}: Pick<Envelope, "chatGuid" | "chatId" | "chatIdentifier">): ChatNames | undefined =>
  chatId === undefined
    ? undefined
    : {
        chatId,
        ...(chatGuid === undefined ? {} : { chatGuid }),
        ...(chatIdentifier === undefined ? {} : { chatIdentifier })
      }

/** What identifies an envelope for good: rowids start over with a new database, guids do not. */
export const envelopeKey = (envelope: { readonly accountId: string; readonly guid: string }): string =>
  `${envelope.accountId}:${envelope.guid}`
