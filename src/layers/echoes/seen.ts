/** Rows as far as they can be one of two that Messages has made of one; none where that cannot be told. */
import type { Envelope } from "../../schemas/Envelope.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"
import type { ImsgMessage } from "../../schemas/ImsgProtocol.ts"
import type { Seen } from "./twins.ts"

export const seenOutgoing = (row: ImsgMessage): Seen | undefined => {
  const sentAt = Date.parse(row.created_at ?? "")
  const chat = row.chat_id ? String(row.chat_id) : row.chat_guid || row.chat_identifier
  if (!chat || Number.isNaN(sentAt)) return undefined
  return { isFromMe: true, guid: row.guid, rowId: row.id, chat, sender: "", text: row.text ?? "", sentAt }
}

export const seenIncoming = (envelope: Envelope, region: string): Seen | undefined => {
  const { chatGuid, chatId, chatIdentifier, guid, rowId, sender, sentAt, text } = envelope
  const chat = chatId === undefined ? (chatGuid ?? chatIdentifier) : String(chatId)
  if (chat === undefined || sentAt === undefined || chatIdentifier === undefined) return undefined
  if (normaliseHandle(chatIdentifier, region) !== sender) return undefined
  return { isFromMe: false, guid, rowId, chat, sender, text, sentAt }
}
