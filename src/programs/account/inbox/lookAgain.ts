/** Rows that wait, read again: by their rowids, or, in builds that do not hand them out like that, where they can be. */
import { Effect } from "effect"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"
import { chatSince } from "../chatdb/chatSince.ts"
import { knowsItsChat } from "../chatdb/knownChats.ts"
import { canPage } from "../chatdb/recentRows.ts"
import { isRefusal } from "../chatdb/refusal.ts"
import { makePageAfter } from "./pages.ts"
import { tapbackOn } from "./tapbackOn.ts"
import type { Waiting } from "./unripe.ts"

/** Rows of a page. */
const PAGE = 50
/** Rows of one look: the others have their turn with the next ones. */
const AT_ONCE = 40
/** Chats that are looked through for a row that has none, newest first. */
const CHATS = 10
/** Looks that do not reach back to a row, or are refused, until it is taken for one that was looked for. */
const TRIES = 10

interface Looked {
  /** Those that were found. */
  readonly found: ReadonlyArray<ImsgMessage>
  /** The guids of all that would have been found. */
  readonly lookedFor: ReadonlySet<string>
  /** The guids of those that came as the preview of another. */
  readonly folded: ReadonlySet<string>
}

const previewsIn = (rows: ReadonlyArray<ImsgMessage>): ReadonlyArray<string> =>
  rows.flatMap(({ url_preview }) => url_preview?.guid ?? [])

/** Reads rows that wait again. */
export type LookAgain = (waiting: ReadonlyArray<Waiting>) => Effect.Effect<Looked, RequestError>

const byRowId = (context: AccountContext, session: ImsgSession): LookAgain => {
  const pageAfter = makePageAfter(context, session)
  return (waiting) =>
    Effect.gen(function* () {
      const guids = new Set(waiting.map(({ guid }) => guid))
      const last = waiting.at(-1)?.rowId ?? 0
      const found: Array<ImsgMessage> = []
      const folded = new Set<string>()
      let left = waiting
      for (let first = left[0]; first !== undefined; first = left[0]) {
        const from = first.rowId - 1
        const limit = Math.min(PAGE, last - from)
        const { rows, upTo = last } = yield* pageAfter(from, limit)
        found.push(...rows.filter(({ guid }) => guids.has(guid)))
        for (const guid of previewsIn(rows)) folded.add(guid)
        const until = Math.max(upTo, from + 1)
        left = left.filter(({ rowId }) => rowId > until)
      }
      return { found, lookedFor: guids, folded }
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

/** Rows that wait and are told by a row of a history: itself, and the tapbacks that stand on it. */
const readFrom = (
  row: ImsgMessage,
  waiting: ReadonlyArray<Waiting>
): ReadonlyArray<readonly [Waiting, ImsgMessage]> =>
  waiting.flatMap((one) => {
    const read = one.guid === row.guid ? row : tapbackOn(row, one)
    return read === undefined ? [] : [[one, read] as const]
  })

/** What a look into a chat told. */
interface LookedInto {
  readonly messages: ReadonlyArray<ImsgMessage>
  /** Whether what is not among them is not there. */
  readonly reachesBack: boolean
}

const inChats = ({ account }: AccountContext, session: ImsgSession): LookAgain => {
  const { requestTimeoutMs } = account.supervision
  const attachments = account.includeAttachments
  const newestChats = Effect.map(
    session.request(Methods.chatsList, { limit: CHATS }, requestTimeoutMs),
    ({ chats }) => chats.readable.map(({ id }) => id)
  )
  const lookInto = (chatId: number, afterRowId: number): Effect.Effect<LookedInto, RequestError> =>
    chatSince(session, { chatId, afterRowId, attachments }, requestTimeoutMs).pipe(
      Effect.catchIf(isRefusal, () => Effect.succeed({ messages: [], reachesBack: false }))
    )
  /** How often rows were not reached by a look. */
  const tries = new Map<string, number>()

  return (waiting) =>
    Effect.gen(function* () {
      const homeless = waiting.filter(({ chatId }) => chatId === undefined)
      const newest = homeless.length > 0 ? yield* newestChats : []
      const looked = new Map<number, LookedInto>()
      const found: Array<ImsgMessage> = []
      for (const chatId of new Set([...waiting.flatMap((one) => one.chatId ?? []), ...newest])) {
        const wanted = waiting.filter((one) => (one.chatId ?? chatId) === chatId)
        const into = yield* lookInto(chatId, Math.min(...wanted.map(({ rowId }) => rowId)) - 1)
        looked.set(chatId, into)
        for (const row of into.messages) {
          for (const [before, read] of readFrom(row, wanted)) {
            const announced = before.row === undefined ? {} : withoutChat(before.row)
            found.push({ ...announced, ...read, id: before.rowId, chat_id: row.chat_id ?? chatId })
          }
        }
      }
      const isReached = ({ chatId, guid, rowId }: Waiting): boolean => {
        if (found.some((row) => row.guid === guid)) return true
        if (chatId !== undefined) return looked.get(chatId)?.reachesBack === true
        const chats = newest.flatMap((id) => looked.get(id) ?? [])
        // Where one of them has nothing newer, the chats that are not among the newest have not either.
        const areAll =
          newest.length < CHATS || chats.some(({ messages }) => messages.every(({ id }) => id < rowId))
        return areAll && chats.every(({ reachesBack }) => reachesBack)
      }
      const lookedFor = waiting.filter((one) => {
        if (isReached(one)) return true
        const count = (tries.get(one.guid) ?? 0) + 1
        tries.set(one.guid, count)
        return count >= TRIES
      })
      return {
        found: found.filter(knowsItsChat),
        lookedFor: new Set(lookedFor.map(({ guid }) => guid)),
        folded: new Set([...looked.values()].flatMap(({ messages }) => previewsIn(messages)))
      }
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
