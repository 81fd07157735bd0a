/** Rows of chat.db as imsg writes them on the wire. What is unknown is absent. */
import type { Build } from "./Build.ts"
import { pollPayload } from "./bridge/polls.ts"
import { type Attachment, type Chat, type MessageRow, REACTIONS, type StandingReaction } from "./ChatModel.ts"
import type { SendStatus } from "./chatQueries.ts"
import type { FoldedRow } from "./previews.ts"
import type { Announced } from "./watchStep.ts"

const EMOJI: ReadonlyArray<string> = ["❤️", "👍", "👎", "😂", "‼️", "❓"]

/** Whether imsg calls a chat a group. */
export const isGroup = (identifier: string, guid: string) =>
  identifier.includes(";+;") || guid.includes(";+;")

const iso = (at: number) => new Date(at).toISOString()

const reactionName = (type: number) => REACTIONS[type % 1000] ?? "custom"
const reactionEmoji = (type: number, custom: string | null) => EMOJI[type % 1000] ?? custom ?? ""

/** A chat of `chats.list`. */
export const chatPayload = (chat: Chat) => ({
  id: chat.id,
  identifier: chat.identifier,
  guid: chat.guid,
  name: chat.name,
  service: chat.service,
  last_message_at: iso(chat.lastMessageAt ?? 0),
  participants: chat.participants,
  is_group: isGroup(chat.identifier, chat.guid),
  unread_count: chat.unreadCount,
  account_login: chat.accountLogin,
  last_addressed_handle: chat.lastAddressedHandle
})

const attachmentPayload = (attachment: Attachment, missing: boolean) => ({
  filename: attachment.filename,
  transfer_name: attachment.transferName,
  uti: attachment.uti,
  mime_type: attachment.mimeType,
  total_bytes: attachment.totalBytes,
  is_sticker: attachment.isSticker,
  original_path: attachment.filename,
  missing
})

const reactionPayload = (reaction: StandingReaction) => ({
  id: reaction.id,
  type: reactionName(reaction.type),
  emoji: reactionEmoji(reaction.type, reaction.emoji),
  sender: reaction.sender,
  is_from_me: reaction.isFromMe,
  created_at: iso(reaction.at)
})

const reactionEvent = (row: MessageRow) =>
  row.associatedType < 2000 || row.associatedType > 3006
    ? {}
    : {
        is_reaction: true,
        reaction_type: reactionName(row.associatedType),
        reaction_emoji: reactionEmoji(row.associatedType, row.associatedEmoji),
        is_reaction_add: row.associatedType < 3000,
        reacted_to_guid: row.associatedGuid?.replace(/^.*\//, "")
      }

const previewPayload = ({ at, balloonBundleId, guid, id }: NonNullable<FoldedRow["urlPreview"]>) => ({
  id,
  guid,
  balloon_bundle_id: balloonBundleId,
  created_at: iso(at)
})

/** What a message says of its chat, beside which it is. */
const chatDetails = (row: MessageRow) => ({
  chat_identifier: row.chatIdentifier,
  chat_guid: row.chatGuid,
  chat_name: row.chatName,
  participants: row.participants,
  is_group: isGroup(row.chatIdentifier, row.chatGuid)
})

/** A message of a history or a watch. `missing` holds the paths of attachments that are not on the disk. */
export const messagePayload = (build: Build, row: FoldedRow, missing: ReadonlySet<string>) => ({
  id: row.id,
  chat_id: row.chatId,
  guid: row.guid,
  ...(row.threadOriginatorGuid === null ? {} : { thread_originator_guid: row.threadOriginatorGuid }),
  ...(row.threadOriginatorPart === null || row.threadOriginatorPart === undefined
    ? {}
    : { thread_originator_part: row.threadOriginatorPart }),
  ...(row.replyToGuid === null ? {} : { reply_to_guid: row.replyToGuid }),
  ...(row.parentText === null || !build.hasQuotations ? {} : { reply_to_text: row.parentText }),
  ...(row.parentSender === null || !build.hasQuotations ? {} : { reply_to_sender: row.parentSender }),
  sender: row.sender,
  is_from_me: row.isFromMe,
  text: row.text,
  created_at: iso(row.at),
  attachments: row.attachments.map((file) => attachmentPayload(file, missing.has(file.filename))),
  reactions: row.reactions.map(reactionPayload),
  ...(row.destinationCallerId === null || !build.hasDestination
    ? {}
    : { destination_caller_id: row.destinationCallerId }),
  ...(row.balloonBundleId === null ? {} : { balloon_bundle_id: row.balloonBundleId }),
  ...(row.urlPreview === undefined ? {} : { url_preview: previewPayload(row.urlPreview) }),
  ...(row.isFromMe ? {} : { is_read: row.isRead }),
  ...reactionEvent(row),
  ...(build.hasPolls ? pollPayload(row) : {}),
  ...(build.hasChatDetails ? chatDetails(row) : {})
})

/** A message of a watch, with its cursor in the builds that have one. */
export const watchedMessage = (build: Build, { cursor, row }: Announced, missing: ReadonlySet<string>) => ({
  ...messagePayload(build, row, missing),
  ...(build.hasCursor ? { cursor } : {})
})

/** A message that Messages has not put into its chat yet. */
export const withoutChat = <M extends object>(build: Build, message: M) => ({
  ...message,
  chat_id: 0,
  ...(build.hasChatDetails
    ? { chat_identifier: "", chat_guid: "", chat_name: "", participants: [], is_group: false }
    : {})
})

/** What became of a message. A guid that is no row's is `pending` too, by no service. */
export const sendStatusPayload = (build: Build, asked: string, status: SendStatus | null) => {
  if (status === null)
    return {
      guid: asked,
      send_state: "pending",
      service: null,
      ...(build.strict ? { status_fields: null } : {})
    }
  const { deliveredAt, error, guid, readAt, service, state } = status
  const time = (at: number | null) => (at === null ? null : iso(at))
  return {
    guid,
    send_state: state,
    service,
    ...(deliveredAt === null ? {} : { delivered_at: iso(deliveredAt) }),
    ...(build.strict
      ? {
          status_fields: {
            is_sent: status.isSent,
            is_delivered: status.isDelivered,
            is_finished: status.isFinished,
            error,
            date_delivered: time(deliveredAt),
            date_read: time(readAt),
            is_delayed: status.isDelayed,
            is_prepared: false,
            is_pending_satellite_send: false,
            was_downgraded: false
          }
        }
      : {})
  }
}
