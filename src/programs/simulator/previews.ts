/** Link previews: rows of their own in chat.db, which builds from 0.13 fold into the message that has the link. */
import type { MessageRow, UrlPreview } from "./ChatModel.ts"

const PROVIDER = "com.apple.messages.URLBalloonProvider"

/** How much younger than its message a preview may be, in milliseconds. */
const YOUNGER_BY_MS = 5000

/** A row, with the preview that was folded into it. */
export interface FoldedRow extends MessageRow {
  readonly urlPreview?: UrlPreview
}

/** Whether a row is a link preview; one without a message is a bare link. */
export const isPreview = ({ balloonBundleId }: MessageRow): boolean => balloonBundleId === PROVIDER

/** The rowid with which a message is whole: that of its preview where it has one. */
export const completedBy = ({ id, urlPreview }: FoldedRow): number => Math.max(id, urlPreview?.id ?? id)

const isReaction = ({ associatedType }: MessageRow) => associatedType >= 2000 && associatedType <= 3006

const isLinkIn = (text: string, preview: string) => {
  const link = preview.trim().toLowerCase()
  return /^(?:https?:\/\/|www\.)/u.test(link) && text.toLowerCase().includes(link.replace(/\/+$/u, ""))
}

const belongs = (message: FoldedRow, preview: MessageRow): boolean =>
  message.balloonBundleId === null &&
  message.isFromMe === preview.isFromMe &&
  message.sender === preview.sender &&
  preview.at >= message.at &&
  preview.at - message.at <= YOUNGER_BY_MS &&
  (preview.replyToGuid === message.guid || isLinkIn(message.text, preview.text))

/** Rows in the order of their rowids, those previews left out whose message is the one before them in their chat. */
export const foldPreviews = (rows: ReadonlyArray<MessageRow>): ReadonlyArray<FoldedRow> => {
  const kept: Array<FoldedRow> = []
  for (const row of rows) {
    const index = isPreview(row)
      ? kept.findLastIndex((before) => before.chatId === row.chatId && !isReaction(before))
      : -1
    const message = kept[index]
    if (message === undefined || !belongs(message, row)) {
      kept.push(row)
      continue
    }
    const { at, balloonBundleId, guid, id } = row
    kept[index] = { ...message, urlPreview: { id, guid, at, balloonBundleId: balloonBundleId ?? PROVIDER } }
  }
  return kept
}
