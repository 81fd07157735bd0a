/** Where a child's watch begins. */
import { Clock, Effect, Option, Ref } from "effect"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import { NO_LANDMARKS } from "../../schemas/Landmark.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"
import { type Cursor, Journal } from "../../services/Journal.ts"
import type { AccountContext } from "./AccountContext.ts"
import { agreeing } from "./databaseClock.ts"
import { noted, notedUnseen, sentAtOf } from "./landmarks.ts"
import { chatRows, cursorOf, noneReadable, recentRows } from "./recentRows.ts"
import { wasReplaced } from "./sameDatabase.ts"

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

/** What was known of the database's clock, until rows say something else. */
const knownClock = ({ account, clock, toldBehindMs }: AccountContext) =>
  Effect.gen(function* () {
    if ((yield* Ref.get(clock)).isConfirmed) return
    const journal = yield* Journal
    const accounts = yield* Accounts
    const behindMs = yield* journal.clockBehind(account.id)
    yield* Ref.set(clock, agreeing(behindMs))
    yield* Ref.set(toldBehindMs, behindMs)
    yield* accounts.update(account.id, () => ({ clockBehindMs: behindMs }))
  })

/** Begins at the tail, which is persisted before anything is read, with what the database is known by from now on. */
const begin = (context: AccountContext, session: ImsgSession, timeoutMs: number, why: string) =>
  Effect.gen(function* () {
    const { account, landmarks, reached } = context
    const journal = yield* Journal
    const { cursor: first, isWhole } = yield* tail(session, timeoutMs)
    const recent = yield* recentRows(session, timeoutMs)
    const seen = noted(NO_LANDMARKS, inOrder(recent))
    const known = isWhole ? seen : notedUnseen(seen, yield* Clock.currentTimeMillis)
    yield* journal.begin(account.id, first, known)
    yield* Ref.set(landmarks, known)
    yield* Ref.set(reached, first.rowId)
    yield* notedNewest(context, recent)
    yield* Effect.logInfo(why).pipe(Effect.annotateLogs({ cursor: first.rowId }))
    return first
  })

/** A store from before landmarks were kept has none: the database is taken for what it was, and known from now on. */
const knowFromNowOn = (
  { account, landmarks }: AccountContext,
  rowId: number,
  recent: ReadonlyArray<ImsgMessage>
) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const now = yield* Clock.currentTimeMillis
    const known = yield* Ref.updateAndGet(landmarks, (none) => notedUnseen(noted(none, inOrder(recent)), now))
    yield* journal.advance(account.id, rowId, known)
  })

/**
 * The persisted cursor, unless it is of another database. At the first start ever, and where the
 * database was replaced, the tail.
 */
export const resumePoint = (context: AccountContext, session: ImsgSession, timeoutMs: number) =>
  Effect.gen(function* () {
    const { account, reached } = context
    const journal = yield* Journal
    const stored = yield* journal.cursor(account.id)
    if (Option.isNone(stored)) {
      const why = "first start: messages from before now are not answered"
      return yield* begin(context, session, timeoutMs, why)
    }
    yield* knownClock(context)
    const { rowId } = stored.value
    const landmarks = yield* journal.landmarks(account.id)
    yield* Ref.set(context.landmarks, landmarks)
    const recent = yield* recentRows(session, timeoutMs)
    if (yield* wasReplaced(session, { rowId, landmarks }, recent, timeoutMs)) {
      yield* Ref.set(context.highestRow, 0)
      yield* Ref.set(context.stalledAt, 0)
      yield* Ref.set(context.newestSentAt, Number.NEGATIVE_INFINITY)
      yield* Ref.set(context.shares, undefined)
      context.confirmations.clear()
      const why = "the database was replaced: what is in it by now is not answered"
      return yield* begin(context, session, timeoutMs, why)
    }
    if (landmarks.rows.length === 0) yield* knowFromNowOn(context, rowId, recent)
    yield* Ref.set(reached, rowId)
    yield* notedNewest(context, recent)
    return stored.value
  })

/** The cursor as `watch.subscribe` wants it: 0 means "from now" there, so an empty database is asked for all. */
export const sinceRowId = (rowId: number, session: ImsgSession): { readonly since_rowid?: number } =>
  rowId > 0 ? { since_rowid: rowId } : session.build.concurrentReads ? { since_rowid: -1 } : {}
