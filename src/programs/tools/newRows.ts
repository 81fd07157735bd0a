/** What came after a row, as far as it is known what each row is. */
import { Effect } from "effect"
import { WAITING } from "../../schemas/Fate.ts"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import { isReactionRow } from "../../schemas/rowReactions.ts"
import type { Askable, AskError } from "../../services/Children.ts"
import { asFits } from "../account/chatdb/asFits.ts"
import { canPage, recentRows } from "../account/chatdb/recentRows.ts"

const ROWS = 100
/** Where rows cannot be had by their rowid, whatever is new is among these. */
const NEWEST = { chats: 5, messages: 30, attachments: true } as const

export interface Page {
  /** In their order. */
  readonly rows: ReadonlyArray<ImsgMessage>
  /** The row up to which all were looked at. */
  readonly until: number
  readonly hasMore: boolean
}

const newestAfter = (session: Askable, after: number, timeoutMs: number) =>
  Effect.map(recentRows(session, timeoutMs, NEWEST), (found): Page => {
    const rows = found.filter(({ id }) => id > after).toSorted((one, other) => one.id - other.id)
    return { rows, until: rows.at(-1)?.id ?? after, hasMore: false }
  })

/** The rows after one, in pages; of older builds the newest. */
export const rowsAfter = (
  session: Askable,
  after: number,
  timeoutMs: number
): Effect.Effect<Page, AskError> =>
  canPage(session)
    ? Effect.map(
        asFits(ROWS, (limit) =>
          session.request(Methods.messagesAfter, { since_rowid: after, limit, attachments: true }, timeoutMs)
        ),
        ({ answer: { has_more: hasMore = false, messages, next_rowid: until } }) => ({
          rows: messages.readable,
          until: until ?? messages.readable.at(-1)?.id ?? after,
          hasMore
        })
      )
    : newestAfter(session, after, timeoutMs)

/** What is known of rows: what came of them by rowid and by guid, and up to where all are judged. */
export interface Known {
  readonly heard: ReadonlyMap<number, string>
  readonly decided: ReadonlyMap<string, string>
  readonly position: number
}

/** What is no message of anybody else. */
export const NO_MESSAGE: ReadonlySet<string> = new Set([
  "from-me",
  "echo",
  "reaction",
  "reaction-context",
  "reaction-turn",
  "poll-unreadable",
  "link-preview",
  "malformed",
  "empty"
])

/** What a row is: somebody's message, something else, or not known yet. */
const kindOf = (row: ImsgMessage, { decided, heard, position }: Known): "message" | "other" | "unknown" => {
  if (row.is_from_me || isReactionRow(row)) return "other"
  const fate = heard.get(row.id) ?? decided.get(row.guid)
  if (fate === undefined) return row.id <= position ? "message" : "unknown"
  if (fate === WAITING) return "unknown"
  return NO_MESSAGE.has(fate) ? "other" : "message"
}

/** Whether it is known what a row is. */
export const isSettled = (row: ImsgMessage, known: Known): boolean => kindOf(row, known) !== "unknown"

const isOf = ({ chat_id: chat = 0 }: ImsgMessage, only: number | undefined): boolean =>
  only === undefined || chat === only

/**
 * The messages of a page that others wrote, in one chat where `only` names it, up to the first row of which it is not
 * known yet what it is: nothing is told before that, so that whoever goes on after `until` misses nothing and hears
 * nothing twice.
 */
export const settledOf = (
  { hasMore, rows, until }: Page,
  known: Known,
  only: number | undefined
): {
  readonly messages: ReadonlyArray<ImsgMessage>
  readonly until: number
  readonly goesOn: boolean
  /** The row that is waited for. */
  readonly held: ImsgMessage | undefined
} => {
  // A row that has no chat yet may be of any.
  const held = rows.find((row) => !isSettled(row, known) && (isOf(row, only) || (row.chat_id ?? 0) === 0))
  const settled = held === undefined ? rows : rows.filter(({ id }) => id < held.id)
  return {
    messages: settled.filter((row) => isOf(row, only) && kindOf(row, known) === "message"),
    until: held === undefined ? until : held.id - 1,
    goesOn: held === undefined && hasMore,
    held
  }
}
