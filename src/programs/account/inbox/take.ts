/**
 * What is done with rows, wherever they come from: what is ripe is judged, in order; what is not waits; and the position
 * moves past both, in one write.
 */
import { Clock, Effect, Ref, type Types } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { Fate } from "../../../schemas/Fate.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { Accounts, FateCounts } from "../../../services/Accounts.ts"
import type { RequestError } from "../../../services/ImsgProcess.ts"
import type { Decided, Positions } from "../../../services/Positions.ts"
import type { AccountContext } from "../AccountContext.ts"
import { noted, notedUnseen } from "../chatdb/landmarks.ts"
import { cursorOf } from "../chatdb/recentRows.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"
import type { CompleteRow } from "./completeRow.ts"
import type { RowJudge } from "./judgeRow.ts"
import { advance, knowBetter } from "./position.ts"
import { lackOf, waitFor } from "./ripeness.ts"
import { atMostUntil, isAlike, isBehind, sift, type Waiting, withRows } from "./unripe.ts"

/** A look for rows that wait. */
interface Look {
  /** The guids of those that it was for: what only its number is known of, and is not found in time, is gone. */
  readonly guids: ReadonlySet<string>
  /** The guids of those that are known to be previews by now, for they came with their messages. */
  readonly folded: ReadonlySet<string>
  /** When it began, Unix ms: only what waits no longer then is judged by what it found. */
  readonly at: number
}

/** What else is known of rows that were read. */
interface Rest {
  /** Up to where there are no others. */
  readonly upTo?: number | undefined
  /** How many of them could not be read. */
  readonly unreadable?: number
  readonly look?: Look
}

type TakeError = StoreUnavailable | RequestError

/** Takes rows, of which some may wait already, and is done when the position is behind them. */
export type TakeRows = (rows: ReadonlyArray<ImsgMessage>, rest?: Rest) => Effect.Effect<void, TakeError>

const counted = (fates: ReadonlyArray<Fate>, unreadable: number): FateCounts => {
  const counts: Types.Mutable<FateCounts> = {}
  for (const fate of fates) counts[fate] = (counts[fate] ?? 0) + 1
  if (unreadable > 0) counts.stale = (counts.stale ?? 0) + unreadable
  return counts
}

const decidedOf = ({ chat_id: chatId = 0, guid, id }: ImsgMessage, fate: Fate, at: number): Decided => ({
  rowId: id,
  guid,
  chatId: chatId > 0 ? chatId : null,
  at,
  fate
})

const tellOf = (
  maxAgeMs: number,
  {
    fates,
    reached,
    unreadable
  }: { readonly fates: ReadonlyArray<Fate>; readonly reached: number; readonly unreadable: number }
) =>
  Effect.gen(function* () {
    const stale = fates.filter((fate) => fate === "stale").length
    if (stale > 0) {
      yield* Effect.logWarning("messages that are older than catchUp.maxAgeMs are not answered").pipe(
        Effect.annotateLogs({ rows: stale, maxAgeMs })
      )
    }
    if (unreadable > 0) {
      yield* Effect.logWarning("messages that cannot be read are passed over").pipe(
        Effect.annotateLogs({ rows: unreadable, upToRowId: reached })
      )
    }
  })

/** Whether a row was looked for when its time was over: what was read of it before may be out of date by then. */
const isDue = ({ guid, until }: Waiting, { at, guids }: Look): boolean => until <= at && guids.has(guid)

/** Those that wait, without what was looked for and turned out to be gone, or no message. */
const stillThere = (unripe: ReadonlyArray<Waiting>, found: ReadonlyArray<ImsgMessage>, look: Look) =>
  Effect.gen(function* () {
    const guids = new Set(found.map(({ guid }) => guid))
    const isGone = (one: Waiting) => one.row === undefined && isDue(one, look) && !guids.has(one.guid)
    const left = unripe.filter(({ guid }) => !look.folded.has(guid))
    const gone = left.filter(isGone)
    if (gone.length === 0) return left
    yield* Effect.logWarning("messages that were waited for are not there any more").pipe(
      Effect.annotateLogs({ rowIds: gone.map(({ rowId }) => rowId).join(", ") })
    )
    return left.filter((one) => !isGone(one))
  })

const NO_LOOK: Look = { guids: new Set(), folded: new Set(), at: 0 }

export const makeTakeRows = (
  context: AccountContext,
  complete: CompleteRow,
  { judge, notice }: RowJudge
): Effect.Effect<TakeRows, never, Positions | Accounts> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<Positions | Accounts>()
    const { account, position } = context
    const { ripenMs } = account.inbox

    /** Why rows could not be completed: where that lasts, the child is of no use. */
    const failures = new Map<number, RequestError>()

    const asWaiting = (row: ImsgMessage, now: number): Effect.Effect<Waiting, RequestError> =>
      Effect.gen(function* () {
        failures.delete(row.id)
        const asItIs = (error: RequestError) =>
          Effect.sync(() => {
            failures.set(row.id, error)
            return row
          })
        const whole = yield* Effect.catchTags(complete(row), { RpcFailed: asItIs, ResponseTooLong: asItIs })
        const lack = lackOf(whole, account.includeAttachments)
        return {
          rowId: row.id,
          guid: row.guid,
          ...(whole.chat_id !== undefined && whole.chat_id > 0 ? { chatId: whole.chat_id } : {}),
          until: now + (lack === undefined ? ripenMs : waitFor(lack, ripenMs)),
          row: whole,
          lack
        }
      })

    /** Judges what is ripe; what turns out not to be waits again, and what is behind it. */
    const judgeAll = (rows: ReadonlyArray<Waiting>, now: number, look: Look) =>
      Effect.gen(function* () {
        const overdue = rows.filter((one) => isDue(one, look)).map(({ guid }) => guid)
        const { due, ready, waiting } = sift(rows, new Set(overdue))
        const fates: Array<Fate> = []
        const decided: Array<Decided> = []
        const late: Array<Waiting> = []
        let failure: RequestError | undefined
        for (const one of ready) {
          const { guid, lack, row, rowId, until } = one
          const failed = lack === undefined ? undefined : failures.get(rowId)
          failure ??= failed
          if (row === undefined || failed !== undefined || late.some((before) => isBehind(row, before))) {
            late.push(one)
            continue
          }
          const fate = yield* judge(row, due.has(guid))
          if (typeof fate !== "string") {
            const { lack: lacking } = fate
            late.push({ ...one, lack: lacking, until: Math.min(until, now + waitFor(lacking, ripenMs)) })
          } else {
            failures.delete(rowId)
            fates.push(fate)
            // Of one's own words there is nothing to explain.
            if (fate !== "from-me") decided.push(decidedOf(row, fate, now))
          }
        }
        return { decided, fates, failure, unripe: withRows(waiting, late) }
      })

    return (rows, { look = NO_LOOK, unreadable = 0, upTo = 0 } = {}) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const before = yield* Ref.get(position)
        const there = yield* stillThere(before.unripe, rows, look)
        const waited = atMostUntil(there, now + ripenMs)
        const waits = new Set(waited.map(({ guid }) => guid))
        const fresh = rows.filter(({ guid }) => !waits.has(guid))
        const others = new Set(waited.filter(({ row }) => row?.is_from_me !== true).map(({ guid }) => guid))
        // That one of them is one's own is said late at times.
        const own = rows.filter((row) => row.is_from_me === true && others.has(row.guid))
        yield* Effect.forEach([...fresh, ...own], notice, { discard: true })
        const read = yield* Effect.forEach(rows, (row) => asWaiting(row, now))
        const { decided, failure, fates, unripe } = yield* judgeAll(withRows(waited, read), now, look)
        const shown = fresh.reduce((highest, row) => Math.max(highest, cursorOf(row)), 0)
        const reached = Math.max(shown, upTo)
        if (reached > before.cursor || fates.length + unreadable > 0 || !isAlike(unripe, before.unripe)) {
          const seen = noted(before.landmarks, fresh)
          const { behindMs } = yield* Ref.get(context.clock)
          yield* advance(context, {
            upTo: reached,
            landmarks: upTo > Math.max(shown, before.cursor) ? notedUnseen(seen, now - behindMs) : seen,
            unripe,
            fates: counted(fates, unreadable),
            decided,
            isInbound: fates.some((fate) => fate !== "from-me")
          })
          // A cursor that moves is a sign of life, whichever way the rows come.
          yield* Ref.set(context.heardAt, yield* monotonicMillis)
          yield* tellOf(account.catchUp.maxAgeMs, { fates, reached, unreadable })
        } else yield* knowBetter(context, unripe)
        if (failure !== undefined) return yield* failure
      }).pipe(Effect.provide(services))
  })
