/** An inbound message, normalised: all that the steps after the account see of it. */
import { Option, Schema } from "effect"
import { normaliseHandle } from "./Handle.ts"
import type { ImsgAttachment, ImsgMessage } from "./ImsgProtocol.ts"
import type { Target } from "./Target.ts"

/** A file of an envelope; `bytes` where Messages knows it. */
export const EnvelopeAttachment = Schema.Struct({
  path: Schema.String,
  mimeType: Schema.String,
  name: Schema.String,
  bytes: Schema.optionalWith(Schema.Number, { exact: true }),
  missing: Schema.Boolean
})
export type EnvelopeAttachment = typeof EnvelopeAttachment.Type

export const Envelope = Schema.Struct({
  accountId: Schema.String,
  /** The row's id in its database. */
  rowId: Schema.Int,
  /** Where the watch resumes after this row: its own `cursor`, else its rowid. */
  cursor: Schema.Int,
  guid: Schema.String,
  chatId: Schema.Int,
  chatGuid: Schema.optionalWith(Schema.String, { exact: true }),
  chatIdentifier: Schema.optionalWith(Schema.String, { exact: true }),
  chatName: Schema.optionalWith(Schema.String, { exact: true }),
  isGroup: Schema.Boolean,
  isFromMe: Schema.Boolean,
  isReaction: Schema.Boolean,
  /** Normalised handle of who wrote it; empty where Messages does not say. */
  sender: Schema.String,
  senderName: Schema.optionalWith(Schema.String, { exact: true }),
  text: Schema.String,
  /** Unix time in milliseconds by the Mac's clock; absent where it could not be read. */
  sentAt: Schema.optionalWith(Schema.Number, { exact: true }),
  attachments: Schema.Array(EnvelopeAttachment),
  replyTo: Schema.optionalWith(
    Schema.Struct({
      text: Schema.String,
      sender: Schema.optionalWith(Schema.String, { exact: true })
    }),
    { exact: true }
  )
})
export type Envelope = typeof Envelope.Type

const attachment = (file: ImsgAttachment): EnvelopeAttachment => {
  // Builds write an empty string where they know nothing.
  const path = file.converted_path || file.original_path || file.filename || ""
  return {
    path,
    mimeType: file.converted_mime_type || file.mime_type || "application/octet-stream",
    name: file.transfer_name || path.slice(path.lastIndexOf("/") + 1),
    ...(file.total_bytes === undefined ? {} : { bytes: file.total_bytes }),
    missing: file.missing === true || path === ""
  }
}

/**
 * The envelope of a row, or none where the row belongs to no chat: such a row could not be answered where it came
 * from. `region` reads phone numbers without a country code.
 */
export const fromMessage = (
  accountId: string,
  region: string,
  message: ImsgMessage
): Option.Option<Envelope> => {
  if (message.chat_id === undefined || message.chat_id <= 0) return Option.none()
  const sentAt = Date.parse(message.created_at ?? "")
  return Option.some({
    accountId,
    rowId: message.id,
    cursor: message.cursor ?? message.id,
    guid: message.guid,
    chatId: message.chat_id,
    ...(message.chat_guid ? { chatGuid: message.chat_guid } : {}),
    ...(message.chat_identifier ? { chatIdentifier: message.chat_identifier } : {}),
    ...(message.chat_name ? { chatName: message.chat_name } : {}),
    isGroup:
      message.is_group ??
      ((message.chat_guid ?? "").includes(";+;") || (message.chat_identifier ?? "").includes(";+;")),
    isFromMe: message.is_from_me,
    isReaction: message.is_reaction ?? false,
    sender: message.sender === undefined ? "" : normaliseHandle(message.sender, region),
    ...(message.sender_name ? { senderName: message.sender_name } : {}),
    text: message.text ?? "",
    ...(Number.isNaN(sentAt) ? {} : { sentAt }),
    attachments: (message.attachments ?? []).map(attachment),
    ...(message.reply_to_text
      ? {
          replyTo: {
            text: message.reply_to_text,
            ...(message.reply_to_sender ? { sender: message.reply_to_sender } : {})
          }
        }
      : {})
  })
}

/** The chat that an envelope came from, as a target for its reply. */
export const replyTarget = (envelope: Envelope): Target => ({ _tag: "ChatId", chatId: envelope.chatId })

/** What identifies an envelope for good: rowids start over with a new database, guids do not. */
export const envelopeKey = (envelope: { readonly accountId: string; readonly guid: string }): string =>
  `${envelope.accountId}:${envelope.guid}`
