/**
 * Rows by which a database is known again. They are written with the cursor, and rarely: what counts is that some are
 * old, some are new, and that they are of different chats, so that no deletion takes them all.
 */

import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { Landmark, Landmarks } from "../../../schemas/Landmark.ts"

/** Rows that are kept. */
const MOST = 8
/** How far apart they are, by rowid: in a chat while there is room, later of all. */
const STRIDE_AT_FIRST = 4
const STRIDE = 64

/** When a row was sent, Unix ms; undefined where it does not say so. */
export const sentAtOf = ({ created_at }: ImsgMessage): number | undefined => {
  const at = Date.parse(created_at ?? "")
  return Number.isNaN(at) ? undefined : at
}

const newestOf = (rows: ReadonlyArray<Landmark>): Landmark | undefined =>
  rows.reduce<Landmark | undefined>(
    (newest, row) => (newest === undefined || row.rowId > newest.rowId ? row : newest),
    undefined
  )

/** Whether a row adds to what is kept. Outgoing ones do not: Messages goes on working at those. */
const isWanted = (kept: ReadonlyArray<Landmark>, row: ImsgMessage, sentAt: number): boolean => {
  if (row.is_from_me || row.is_reaction === true) return false
  const before = newestOf(kept.filter(({ chatId }) => chatId === row.chat_id))
  // One that was synced in late is not among the newest of its chat, where older builds are asked for it.
  if (before !== undefined && sentAt < before.sentAt) return false
  const last = kept.length < MOST ? before : newestOf(kept)
  return last === undefined || row.id >= last.rowId + (kept.length < MOST ? STRIDE_AT_FIRST : STRIDE)
}

/** Without one too many: of the chat that has most of them the middle one, so that old and new ones stay. */
const trimmed = (rows: ReadonlyArray<Landmark>): ReadonlyArray<Landmark> => {
  if (rows.length <= MOST) return rows
  const ofChat = (chatId: number) => rows.filter((row) => row.chatId === chatId)
  const fullest = rows.map(({ chatId }) => ofChat(chatId)).reduce((a, b) => (b.length > a.length ? b : a))
  const candidates = fullest.length > 1 ? fullest : rows
  const middle = candidates[Math.floor((candidates.length - 1) / 2)]
  return rows.filter((row) => row !== middle)
}

/** What is known of a database once these rows, in the order of their rowids, were seen as well. */
export const noted = (before: Landmarks, rows: ReadonlyArray<ImsgMessage>): Landmarks => {
  let { newestAt, rows: kept } = before
  for (const row of rows) {
    const sentAt = sentAtOf(row)
    if (sentAt === undefined) continue
    newestAt = Math.max(newestAt ?? sentAt, sentAt)
    const { chat_id: chatId = 0, guid, id: rowId } = row
    if (chatId > 0 && isWanted(kept, row, sentAt)) {
      kept = trimmed([...kept, { rowId, guid, chatId, sentAt }])
    }
  }
  return { rows: kept, newestAt }
}

/** The same where rows were passed over unseen: none of them is newer than now. */
export const notedUnseen = (before: Landmarks, now: number): Landmarks => ({
  ...before,
  newestAt: Math.max(before.newestAt ?? now, now)
})
