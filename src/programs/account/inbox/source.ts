/** Where the rows of a child come from. */
import { Effect, Queue, Ref, Schedule } from "effect"
import { WatchEnded } from "../../../schemas/errors/imsg.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { tryAgain } from "../../../schemas/errors/tryAgain.ts"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { Announcement, ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { type AccountContext, filesParam, reactionsParam } from "../AccountContext.ts"
import { recentRows } from "../chatdb/recentRows.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"
import { makePageAfter } from "./pages.ts"
import { sinceRowId } from "./resumePoint.ts"
import type { TakeRows } from "./take.ts"
import { MOST } from "./unripe.ts"

export type SourceError = RequestError | StoreUnavailable | WatchEnded

/** A child that cannot read its rows now is asked again, a few times. */
export const againWhereItCannotNow = tryAgain({
  schedule: Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(4)),
  while: ({ _tag }: SourceError) => _tag === "RpcFailed"
})

export interface Source {
  /** Takes what was missed, before the watch begins. */
  readonly catchUp: Effect.Effect<void, SourceError>
  /** Takes all rows that there are by now; says whether there were any. */
  readonly read: Effect.Effect<boolean, SourceError>
  /** Has the child announce what comes. */
  readonly subscribe: Effect.Effect<void, RequestError>
  /** What the child announces. */
  readonly heard: (notifications: ReadonlyArray<Announcement>) => Effect.Effect<void>
  /** Has it do so again where it has stopped. */
  readonly staySubscribed: Effect.Effect<never>
}

/** Rows of a page, where they are not too long for that. */
const PAGE = 100
/** The pauses between subscriptions that end at once, in ms: they grow. */
const RESUBSCRIBE_MS = 1000
const RESUBSCRIBE_MOST_MS = 60_000

/** Whether so many rows wait that no others are read for now: these stay where they are, behind the cursor. */
const makeIsFull = ({ position }: AccountContext): Effect.Effect<boolean> => {
  let wasFull = false
  return Effect.gen(function* () {
    const { unripe } = yield* Ref.get(position)
    const isFull = unripe.length > MOST - PAGE
    if (isFull && !wasFull) {
      yield* Effect.logWarning(
        "so many messages wait that no others are read until some of them are whole"
      ).pipe(Effect.annotateLogs({ rows: unripe.length }))
    }
    wasFull = isFull
    return isFull
  })
}

/**
 * Rows by their rowids from the cursor on: nothing that the watch leaves out, holds or forgets is lost or late. What it
 * announces only says that there may be some, and its end costs nothing.
 */
export const byRowId = (
  context: AccountContext,
  session: ImsgSession,
  takeRows: TakeRows
): Effect.Effect<Source> =>
  Effect.gen(function* () {
    const { account, nudges, position } = context
    const pageAfter = makePageAfter(context, session)
    const ends = yield* Queue.sliding<void>(1)
    const isFull = makeIsFull(context)
    yield* session.forgoRows

    const read = Effect.gen(function* () {
      let limit = PAGE
      let isMore = true
      const { cursor: before } = yield* Ref.get(position)
      while (isMore) {
        if (yield* isFull) break
        const { cursor: since } = yield* Ref.get(position)
        const page = yield* pageAfter(since, limit)
        // Rows that are no messages are passed too.
        if (page.rows.length + page.unreadable > 0 || (page.upTo ?? 0) > since) {
          yield* takeRows(page.rows, { upTo: page.upTo, unreadable: page.unreadable })
        }
        limit = Math.min(2 * page.limit, PAGE)
        // A page that does not get further would be asked for again and again.
        isMore = page.hasMore && (yield* Ref.get(position)).cursor > since
      }
      return (yield* Ref.get(position)).cursor > before
    })

    const subscribe = Effect.asVoid(
      session.request(
        Methods.watchSubscribe,
        { debounce_ms: DEBOUNCE_MS },
        account.supervision.startTimeoutMs
      )
    )
    const staySubscribed = Effect.gen(function* () {
      let pauseMs = RESUBSCRIBE_MS / 2
      while (true) {
        const since = yield* monotonicMillis
        yield* Queue.take(ends)
        const lastedMs = (yield* monotonicMillis) - since
        pauseMs = lastedMs > RESUBSCRIBE_MOST_MS ? RESUBSCRIBE_MS : Math.min(2 * pauseMs, RESUBSCRIBE_MOST_MS)
        yield* Effect.logDebug("the watch is over and is begun again").pipe(
          Effect.annotateLogs({ inMs: pauseMs })
        )
        yield* Effect.sleep(pauseMs)
        if (yield* Effect.isFailure(subscribe)) yield* Queue.offer(ends, undefined)
      }
    })

    return {
      catchUp: Effect.asVoid(read),
      read: againWhereItCannotNow(read),
      // Rows come also without it.
      subscribe: Effect.catchTag(subscribe, "RpcFailed", () => Effect.asVoid(Queue.offer(ends, undefined))),
      staySubscribed,
      heard: (notifications) =>
        Effect.zipRight(
          nudges.nudge,
          notifications.some(({ method }) => method !== "row" && method !== "message")
            ? Queue.offer(ends, undefined)
            : Effect.void
        )
    }
  })

/** Notifications that are held while a response is awaited. */
const MAX_WAITING = 1000
/** Rows that are handled before the cursor moves. */
const MAX_BATCH = 32
/**
 * The shortest wait that is safe, in ms: builds that announce no row before it has its chat try 20 times, so far apart,
 * and then leave it out for good, and Messages takes up to a second for it.
 */
const DEBOUNCE_MS = 60

/** What builds without pages are asked for where there is no row to begin after. */
const FROM_THE_BEGINNING = { chats: 50, messages: 50 }

/** Rows by the watch, from the cursor on. */
export const byWatch = (
  context: AccountContext,
  session: ImsgSession,
  takeRows: TakeRows
): Effect.Effect<Source> =>
  Effect.gen(function* () {
    const { account, heardAt, nudges, position } = context
    const { requestTimeoutMs, startTimeoutMs } = account.supervision
    /** What is announced goes through here, so that it is taken also while a response is awaited. */
    const waiting = yield* Queue.bounded<Announcement>(MAX_WAITING)
    const cursor = Effect.map(Ref.get(position), (now) => now.cursor)

    const takeBatch = (batch: ReadonlyArray<Announcement>) =>
      Effect.gen(function* () {
        yield* Ref.set(heardAt, yield* monotonicMillis)
        const rows = batch.flatMap(
          (one): ReadonlyArray<ImsgMessage> => (one.method === "message" ? [one.params.message] : [])
        )
        yield* takeRows(rows)
        if (rows.length === batch.length) return
        // What it could not hold comes again, with the next child.
        return yield* new WatchEnded({ command: session.command, detail: "the watch reported an error" })
      })

    /** What fails is not repeated: a batch is taken out once, and comes again with the next child. */
    const read = Effect.gen(function* () {
      let batch = yield* Queue.takeUpTo(waiting, MAX_BATCH)
      const isAny = batch.length > 0
      while (batch.length > 0) {
        yield* takeBatch([...batch])
        batch = yield* Queue.takeUpTo(waiting, MAX_BATCH)
      }
      return isAny
    })

    /** A database that was empty: to older builds "after no row" means "from now on". */
    const fromTheBeginning = Effect.gen(function* () {
      const rows = yield* recentRows(session, requestTimeoutMs, {
        ...FROM_THE_BEGINNING,
        attachments: account.includeAttachments
      })
      yield* takeRows([...rows].sort((one, other) => one.id - other.id))
    })

    return {
      catchUp: Effect.flatMap(cursor, (rowId) => (rowId === 0 ? fromTheBeginning : Effect.void)),
      read,
      subscribe: Effect.flatMap(cursor, (rowId) =>
        Effect.asVoid(
          session.request(
            Methods.watchSubscribe,
            {
              ...sinceRowId(rowId, session),
              ...filesParam(context),
              ...reactionsParam(context),
              debounce_ms: DEBOUNCE_MS
            },
            startTimeoutMs
          )
        )
      ),
      staySubscribed: Effect.never,
      heard: (notifications) =>
        Effect.forEach(notifications, (one) => Effect.zipRight(Queue.offer(waiting, one), nudges.nudge), {
          discard: true
        })
    }
  })
