/** Rows that wait, read again: by their rowids, or, in builds that do not hand them out like that, where they can be. */
import { Effect, Option } from "effect"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"
import { knowsItsChat } from "../chatdb/knownChats.ts"
import { canPage, chatRows } from "../chatdb/recentRows.ts"
import { makePageAfter } from "./pages.ts"
import type { Waiting } from "./unripe.ts"

/** Rows of a page. */
const PAGE = 50
/** Rows of one look: the others have their turn with the next ones. */
const AT_ONCE = 40
/** Chats, newest first, and messages of each that are looked through for a row that has none: it is among the newest. */
const CHATS = 10
const MESSAGES = 50

export interface Looked {
  /** Those that were found. */
  readonly found: ReadonlyArray<ImsgMessage>
  /** The guids of all that would have been found. */
  readonly lookedFor: ReadonlySet<string>
}

/** Reads rows that wait again. */
export type LookAgain = (waiting: ReadonlyArray<Waiting>) => Effect.Effect<Looked, RequestError>

const byRowId = (context: AccountContext, session: ImsgSession): LookAgain => {
  const pageAfter = makePageAfter(context, session)
  return (waiting) =>
    Effect.gen(function* () {
      const guids = new Set(waiting.map(({ guid }) => guid))
      const last = waiting.at(-1)?.rowId ?? 0
      const found: Array<ImsgMessage> = []
      let left = waiting
      for (let first = left[0]; first !== undefined; first = left[0]) {
        const from = first.rowId - 1
        const limit = Math.min(PAGE, last - from)
        const { rows, upTo = last } = yield* pageAfter(from, limit)
        found.push(...rows.filter(({ guid }) => guids.has(guid)))
        const until = Math.max(upTo, from + 1)
        left = left.filter(({ rowId }) => rowId > until)
      }
      return { found, lookedFor: guids }
    })
}

/** What a row says of no chat at all means nothing: some builds write `is_group: false` then. */
const withoutChat = ({
  chat_guid: _guid,
  chat_id: _id,
  chat_identifier: _identifier,
  is_group: _isGroup,
  participants: _participants,
  ...rest
}: ImsgMessage) => rest

const inChats = ({ account }: AccountContext, session: ImsgSession): LookAgain => {
  const { requestTimeoutMs } = account.supervision
  const chatIds = Effect.map(
    session.request(Methods.chatsList, { limit: CHATS }, requestTimeoutMs),
    ({ chats }) => chats.readable.map(({ id }) => id)
  )
  return (waiting) =>
    Effect.gen(function* () {
      const known = waiting.flatMap(({ chatId }) => chatId ?? [])
      const isAnyLost = waiting.some(({ chatId }) => chatId === undefined)
      const chats = new Set([...known, ...(isAnyLost ? yield* chatIds : [])])
      const found: Array<ImsgMessage> = []
      for (const chatId of chats) {
        const asked = { chatId, messages: MESSAGES, attachments: account.includeAttachments }
        for (const row of Option.getOrElse(yield* chatRows(session, asked, requestTimeoutMs), () => [])) {
          const before = waiting.find(({ guid }) => guid === row.guid)
          if (before === undefined) continue
          const announced = before.row === undefined ? {} : withoutChat(before.row)
          found.push({ ...announced, ...row, id: before.rowId, chat_id: row.chat_id ?? chatId })
        }
      }
      return { found: found.filter(knowsItsChat), lookedFor: new Set(waiting.map(({ guid }) => guid)) }
    })
}

export const makeLookAgain = (context: AccountContext, session: ImsgSession): LookAgain =>
  (canPage(session) ? byRowId : inChats)(context, session)

/**
 * Which of the rows that lack something are looked for: those of which only the number is known first, then those whose
 * time is over, then the next in turn. `turn` counts those that were looked for before.
 */
export const nextToLookFor = (
  lacking: ReadonlyArray<Waiting>,
  turn: number,
  now: number
): ReadonlyArray<Waiting> => {
  const unread = lacking.filter(({ row }) => row === undefined)
  if (unread.length > 0) return unread.slice(0, AT_ONCE)
  const at = lacking.length === 0 ? 0 : turn % lacking.length
  const inTurn = [...lacking.slice(at), ...lacking.slice(0, at)]
  const next = new Set([...lacking.filter(({ until }) => until <= now), ...inTurn])
  return [...next].slice(0, AT_ONCE).sort((one, other) => one.rowId - other.rowId)
}
