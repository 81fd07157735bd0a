/** Where the inbox of a child begins. */
import { Clock, Effect, Option, Ref } from "effect"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import { NO_LANDMARKS } from "../../../schemas/Landmark.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import type { Cursor } from "../../../services/Positions.ts"
import type { AccountContext } from "../AccountContext.ts"
import { noted, notedUnseen, sentAtOf } from "../chatdb/landmarks.ts"
import { chatRows, cursorOf, noneReadable, recentRows } from "../chatdb/recentRows.ts"
import { wasReplaced } from "../chatdb/sameDatabase.ts"
import { advance, begin, stored } from "./position.ts"

/** Chats that are looked through for the newest message: one whose messages were deleted has none. */
const CHATS = 50

/** Where an account begins. `isWhole`: no chat had to be left out that may have newer messages. */
interface Tail {
  readonly cursor: Cursor
  readonly isWhole: boolean
}

/**
 * The tail of the database. It is the newest message and when it was sent: a row that syncs in later with a
 * higher rowid but an older date was there before, and that needs no clock but the database's own. That clock is
 * only overruled where it is ahead: nothing would be answered until the time has come. Where a newer chat cannot be
 * read nobody knows when its messages were sent, and what is from before now was there before.
 */
const tail = (session: ImsgSession, timeoutMs: number) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { chats } = yield* session.request(Methods.chatsList, { limit: CHATS }, timeoutMs)
    let unread = chats.unreadable
    for (const { id: chatId } of chats.readable) {
      const rows = yield* chatRows(session, { chatId, messages: 1, attachments: false }, timeoutMs)
      if (Option.isNone(rows)) unread += 1
      const [last] = Option.getOrElse(rows, () => [])
      if (last === undefined) continue
      const isWhole = unread === 0
      const sentAt = sentAtOf(last) ?? now
      const baselineAt = isWhole ? Math.min(sentAt, now) : now
      return { cursor: { rowId: cursorOf(last), baselineAt }, isWhole } satisfies Tail
    }
    const count = chats.readable.length + chats.unreadable
    if (count > 0 && unread === count) return yield* noneReadable
    const baselineAt = count === 0 ? undefined : now
    return { cursor: { rowId: 0, baselineAt }, isWhole: unread === 0 } satisfies Tail
  })

const inOrder = (rows: ReadonlyArray<ImsgMessage>) => [...rows].sort((one, other) => one.id - other.id)

/** Where the rows end that are there already, and what their newest date is. */
const notedNewest = ({ newestRow, newestSentAt }: AccountContext, recent: ReadonlyArray<ImsgMessage>) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    yield* Ref.set(newestRow, Math.max(0, ...recent.map(cursorOf)))
    const times = recent.flatMap((row) => sentAtOf(row) ?? []).filter((at) => at <= now)
    yield* Ref.update(newestSentAt, (before) => Math.max(before, ...times))
  })

/** Begins at the tail, which is persisted before anything is read, with what the database is known by from now on. */
const beginAtTail = (context: AccountContext, session: ImsgSession, timeoutMs: number, why: string) =>
  Effect.gen(function* () {
    const { cursor: first, isWhole } = yield* tail(session, timeoutMs)
    const recent = yield* recentRows(session, timeoutMs)
    const seen = noted(NO_LANDMARKS, inOrder(recent))
    const known = isWhole ? seen : notedUnseen(seen, yield* Clock.currentTimeMillis)
    yield* begin(context, first, known)
    yield* notedNewest(context, recent)
    yield* Effect.logInfo(why).pipe(Effect.annotateLogs({ cursor: first.rowId }))
    return first
  })

/** A store from before landmarks were kept has none: the database is taken for what it was, and known from now on. */
const knowFromNowOn = (context: AccountContext, recent: ReadonlyArray<ImsgMessage>) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { landmarks } = yield* Ref.get(context.position)
    yield* advance(context, { landmarks: notedUnseen(noted(landmarks, inOrder(recent)), now) })
  })

/**
 * The persisted cursor, unless it is of another database. At the first start ever, and where the
 * database was replaced, the tail.
 */
export const resumePoint = (context: AccountContext, session: ImsgSession, timeoutMs: number) =>
  Effect.gen(function* () {
    const found = yield* stored(context)
    if (Option.isNone(found)) {
      const why = "first start: messages from before now are not answered"
      return yield* beginAtTail(context, session, timeoutMs, why)
    }
    const { cursor, landmarks } = found.value
    const recent = yield* recentRows(session, timeoutMs)
    if (yield* wasReplaced(session, { rowId: cursor.rowId, landmarks }, recent, timeoutMs)) {
      yield* Ref.set(context.highestRow, 0)
      yield* Ref.set(context.stalledAt, 0)
      yield* Ref.set(context.newestSentAt, Number.NEGATIVE_INFINITY)
      yield* Ref.set(context.shares, undefined)
      context.confirmations.clear()
      const why = "the database was replaced: what is in it by now is not answered"
      return yield* beginAtTail(context, session, timeoutMs, why)
    }
    if (landmarks.rows.length === 0) yield* knowFromNowOn(context, recent)
    yield* notedNewest(context, recent)
    return cursor
  })

/** The cursor as `watch.subscribe` wants it: 0 means "from now" there, so an empty database is asked for all. */
export const sinceRowId = (rowId: number, session: ImsgSession): { readonly since_rowid?: number } =>
  rowId > 0 ? { since_rowid: rowId } : session.build.concurrentReads ? { since_rowid: -1 } : {}
