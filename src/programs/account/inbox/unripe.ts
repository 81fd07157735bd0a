/**
 * Rows that wait: those that lack something, and those that must not overtake them. Order within a chat stays, and all
 * other chats go on.
 */
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { UnripeRow } from "../../../schemas/UnripeRow.ts"
import type { Lack } from "./ripeness.ts"

/** Rows that wait at most. Where the watch brings more, the oldest are judged as they are. */
export const MOST = 200

/** A row that is not judged yet. What was written down before a restart is read again first. */
export interface Waiting extends UnripeRow {
  readonly row: ImsgMessage | undefined
  readonly lack: Lack | undefined
}

const hasId = ({ chat_id = 0 }: ImsgMessage): boolean => chat_id > 0
const knowsChat = (row: ImsgMessage): boolean =>
  hasId(row) || Boolean(row.chat_guid) || Boolean(row.chat_identifier)

const isSame = (one: string | undefined, other: string | undefined): boolean =>
  Boolean(one) && one?.toLowerCase() === other?.toLowerCase()

const isSameChat = (one: ImsgMessage, other: ImsgMessage): boolean =>
  (hasId(one) && one.chat_id === other.chat_id) ||
  isSame(one.chat_guid, other.chat_guid) ||
  // A person's chat, or a group, that goes on over another service.
  isSame(one.chat_identifier, other.chat_identifier)

/** Whether the chat of one row can be that of another, which does not say its own. */
const mayBeIn = (one: ImsgMessage, other: ImsgMessage): boolean =>
  isSame(one.sender, other.sender) ||
  (one.participants ?? []).some((handle) => isSame(handle, other.sender)) ||
  (other.participants ?? []).some((handle) => isSame(handle, one.sender))

/** Whether a row must wait for one before it: it is of the same chat, or may be. */
export const isBehind = (row: ImsgMessage | undefined, before: Waiting): boolean => {
  if (row === undefined || row.is_from_me) return false
  if (before.row === undefined) return before.chatId === undefined || before.chatId === row.chat_id
  return knowsChat(row) && knowsChat(before.row) ? isSameChat(row, before.row) : mayBeIn(row, before.row)
}

/** Adds rows by their rowids. One that is there already is known better now, and waits no longer for it. */
export const withRows = (
  waiting: ReadonlyArray<Waiting>,
  rows: ReadonlyArray<Waiting>
): ReadonlyArray<Waiting> => {
  if (rows.length === 0) return waiting
  const all = new Map(waiting.map((one) => [one.rowId, one]))
  for (const row of rows) {
    const before = all.get(row.rowId)
    all.set(row.rowId, before?.guid === row.guid ? { ...row, until: Math.min(before.until, row.until) } : row)
  }
  return [...all.values()].sort((one, other) => one.rowId - other.rowId)
}

/** None waits longer than until then (Unix ms), whatever was done to the clock. */
export const atMostUntil = (waiting: ReadonlyArray<Waiting>, most: number): ReadonlyArray<Waiting> =>
  waiting.some(({ until }) => until > most)
    ? waiting.map((one) => ({ ...one, until: Math.min(one.until, most) }))
    : waiting

export interface Sifted {
  readonly ready: ReadonlyArray<Waiting>
  readonly waiting: ReadonlyArray<Waiting>
  /** The guids of those that wait no longer. */
  readonly due: ReadonlySet<string>
}

/** One row after the other: what is ripe and behind nothing that waits is ready. */
const sifted = (rows: ReadonlyArray<Waiting>, due: ReadonlySet<string>): Sifted => {
  const ready: Array<Waiting> = []
  const waiting: Array<Waiting> = []
  for (const one of rows) {
    // What was not read again yet may not be ripe, however long it has waited.
    const isRipe = one.lack === undefined || (one.row !== undefined && due.has(one.guid))
    if (isRipe && !waiting.some((before) => isBehind(one.row, before))) ready.push(one)
    else waiting.push(one)
  }
  return { ready, waiting, due }
}

/**
 * Tells the rows, in the order of their rowids, that can be judged from those that wait on. `due` are the guids of those
 * that were looked for once their time was over. What is only known by its number does not count for too many: nothing
 * can be judged of it, nor of what is behind it.
 */
export const sift = (rows: ReadonlyArray<Waiting>, due: ReadonlySet<string>, most = MOST): Sifted => {
  const found = sifted(rows, due)
  const known = found.waiting.filter(({ row }) => row !== undefined)
  const over = known.slice(0, Math.max(0, known.length - most))
  if (over.length === 0) return found
  const early = new Set([...due, ...over.map(({ guid }) => guid)])
  return sifted(rows, early).ready.length > found.ready.length ? sift(rows, early, most) : found
}

/** As rows that wait are written down. */
export const asStored = ({ chatId, guid, rowId, until }: Waiting): UnripeRow => ({
  rowId,
  guid,
  until,
  ...(chatId === undefined ? {} : { chatId })
})

/** A row that was written down, with what this process knows of it. */
export const fromStored = (stored: UnripeRow, known: ReadonlyArray<Waiting>): Waiting => {
  const { lack, row } = known.find(({ guid, rowId }) => rowId === stored.rowId && guid === stored.guid) ?? {}
  return row === undefined ? { ...stored, row, lack: "row" } : { ...stored, row, lack }
}

/** Whether two lists of rows that wait are written down alike. */
export const isAlike = (some: ReadonlyArray<UnripeRow>, others: ReadonlyArray<UnripeRow>): boolean =>
  some.length === others.length &&
  some.every(({ chatId, guid, until }, at) => {
    const other = others[at]
    return other?.guid === guid && other.until === until && other.chatId === chatId
  })
