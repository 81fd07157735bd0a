/** Where a child's watch begins. */
import { Clock, Effect, Option } from "effect"
import { Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"
import { type Cursor, Journal } from "../../services/Journal.ts"

/** Chats that are looked through for the newest message: one whose messages were deleted has none. */
const CHATS = 50

/**
 * The tail of the database. It is the newest message and when it was sent: a row that syncs in later with a
 * higher rowid but an older date was there before, and that needs no clock but the database's own. That clock is
 * only overruled where it is ahead: nothing would be answered until the time has come.
 */
const tail = (session: ImsgSession, timeoutMs: number) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { chats } = yield* session.request(Methods.chatsList, { limit: CHATS }, timeoutMs)
    for (const chat of chats) {
      const { messages } = yield* session.request(
        Methods.messagesHistory,
        { chat_id: chat.id, limit: 1 },
        timeoutMs
      )
      const [last] = messages
      if (last === undefined) continue
      const sentAt = Date.parse(last.created_at ?? "")
      return {
        rowId: last.cursor ?? last.id,
        baselineAt: Number.isNaN(sentAt) ? now : Math.min(sentAt, now)
      } satisfies Cursor
    }
    return { rowId: 0, baselineAt: chats.length === 0 ? undefined : now } satisfies Cursor
  })

/** The persisted cursor; at the first start ever the tail, which is persisted before anything is read. */
export const resumePoint = (accountId: string, session: ImsgSession, timeoutMs: number) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const known = yield* journal.cursor(accountId)
    if (Option.isSome(known)) return known.value
    const first = yield* tail(session, timeoutMs)
    yield* journal.begin(accountId, first)
    yield* Effect.logInfo("first start: messages from before now are not answered").pipe(
      Effect.annotateLogs({ cursor: first.rowId })
    )
    return first
  })

/** The cursor as `watch.subscribe` wants it: 0 means "from now" there, so an empty database is asked for all. */
export const sinceRowId = (cursor: Cursor, session: ImsgSession): { readonly since_rowid?: number } =>
  cursor.rowId > 0 ? { since_rowid: cursor.rowId } : session.build.concurrentReads ? { since_rowid: -1 } : {}
