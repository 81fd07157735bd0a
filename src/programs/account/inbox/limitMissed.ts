/**
 * A reconnect must not drown anybody in what was missed: of what would be answered or kept, `catchUp.maxRows` messages
 * are, the newest, and of each chat its share. What nobody would hear of does not count. Nobody's flood can thus push
 * out what a friend wrote.
 */
import { Clock, Effect, Option, Ref } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { Accounts } from "../../../services/Accounts.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import type { Positions } from "../../../services/Positions.ts"
import type { AccountContext } from "../AccountContext.ts"
import { notedUnseen } from "../chatdb/landmarks.ts"
import { canPage, recentRows } from "../chatdb/recentRows.ts"
import type { Foreseen, RowJudge } from "./judgeRow.ts"
import { makePageAfter } from "./pages.ts"
import { advance, doneUpTo } from "./position.ts"
import { isPassedOver, type Shares, sharesOf } from "./shares.ts"

/** Missed rows that are looked through, the newest; what is older is passed over unseen. */
const LOOKED_THROUGH = 20_000
/** Rows of a page. */
const PAGE = 200
/** Chats in which builds without pages are asked what was missed, and messages of each. */
const CHATS = 100
const MESSAGES = 500

type Failure = StoreUnavailable | RequestError

/** Runs through the missed rows from `after` on, page by page. */
const inPages = (
  context: AccountContext,
  session: ImsgSession,
  { after, until }: { readonly after: number; readonly until: number },
  look: (rows: ReadonlyArray<ImsgMessage>) => Effect.Effect<void, Failure>
): Effect.Effect<void, Failure> =>
  Effect.gen(function* () {
    const pageAfter = makePageAfter(context, session)
    let since = after
    let isMore = true
    while (isMore && since < until) {
      const { hasMore, rows, upTo = until } = yield* pageAfter(since, PAGE)
      yield* look(rows)
      isMore = hasMore && upTo > since
      since = upTo
    }
  })

/** The same in builds without pages: what the newest chats have. */
const inChats = (
  { account }: AccountContext,
  session: ImsgSession,
  { after }: { readonly after: number },
  look: (rows: ReadonlyArray<ImsgMessage>) => Effect.Effect<void, Failure>
): Effect.Effect<void, Failure> =>
  recentRows(session, account.supervision.requestTimeoutMs, {
    chats: CHATS,
    messages: MESSAGES,
    attachments: account.includeAttachments
  }).pipe(
    Effect.map((rows) => rows.filter(({ id }) => id > after).sort((one, other) => one.id - other.id)),
    Effect.flatMap(look)
  )

/** The rowid before all that is to be seen: what is not passed over, and of each stranger's chat the newest message. */
const rowBefore = (foreseen: ReadonlyArray<Foreseen>, shares: Shares): number => {
  let first = shares.until + 1
  const strangers = new Map<string, number>()
  for (const one of foreseen) {
    const { as, chat, rowId } = one
    if (as === "stranger") strangers.set(chat, Math.max(rowId, strangers.get(chat) ?? 0))
    else if (!isPassedOver(shares, one)) first = Math.min(first, rowId)
  }
  for (const rowId of strangers.values()) first = Math.min(first, rowId)
  return first - 1
}

/** Once the resume point is known: chooses what of the missed is answered, and moves the cursor up to before that. */
export const limitMissed = (context: AccountContext, session: ImsgSession, { foresee }: RowJudge) =>
  Effect.gen(function* () {
    const { account, newestRow, position, shares } = context
    const { maxRows } = account.catchUp
    const services = yield* Effect.context<Positions | Accounts>()

    const foreseenAfter = (after: number, until: number): Effect.Effect<ReadonlyArray<Foreseen>, Failure> =>
      Effect.gen(function* () {
        const found = yield* Ref.make<ReadonlyArray<Foreseen>>([])
        const look = (rows: ReadonlyArray<ImsgMessage>) =>
          Effect.flatMap(Effect.forEach(rows, foresee), (seen) =>
            Ref.update(found, (before) => [...before, ...seen.flatMap(Option.toArray)])
          )
        yield* (canPage(session) ? inPages : inChats)(context, session, { after, until }, look)
        return yield* Ref.get(found)
      })

    const limit = (cursor: number, newest: number) =>
      Effect.gen(function* () {
        const after = Math.max(cursor, newest - LOOKED_THROUGH)
        const foreseen = maxRows === 0 ? [] : yield* foreseenAfter(after, newest)
        const admitted = foreseen.filter(({ as }) => as === "admitted")
        if (maxRows > 0 && admitted.length <= maxRows && after === cursor) return
        const chosen = sharesOf(admitted, maxRows, newest)
        const upTo = Math.max(cursor, rowBefore(foreseen, chosen))
        yield* Ref.set(shares, chosen)
        const now = yield* Clock.currentTimeMillis
        const { behindMs } = yield* Ref.get(context.clock)
        // The others are counted when they are shown.
        const unseen = after - cursor
        const passed = maxRows === 0 ? upTo - cursor : admitted.filter(({ rowId }) => rowId <= upTo).length
        const { landmarks } = yield* Ref.get(position)
        yield* advance(context, {
          upTo,
          landmarks: notedUnseen(landmarks, now - behindMs),
          fates: { "passed-over": passed + unseen }
        })
        yield* Effect.logWarning(
          "more was missed than catchUp.maxRows allows; the oldest of it is not answered"
        ).pipe(
          Effect.annotateLogs({
            rows: (maxRows === 0 ? passed : Math.max(0, admitted.length - maxRows)) + unseen,
            maxRows
          })
        )
      })

    return Effect.gen(function* () {
      const now = yield* Ref.get(position)
      const { cursor } = now
      const newest = yield* Ref.get(newestRow)
      const before = yield* Ref.get(shares)
      if (before !== undefined && before.until <= doneUpTo(now)) yield* Ref.set(shares, undefined)
      // So few rows hold no more messages than that.
      if (newest - cursor > maxRows) yield* limit(cursor, newest)
    }).pipe(Effect.provide(services))
  })
