/** What is done with rows, whether a watch announces them or they are fetched: judge, enact, move the cursor. */
import { Clock, Effect, Ref, type Types } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { ImsgMessage } from "../../schemas/ImsgProtocol.ts"
import { Accounts, type Fate, type FateCounts } from "../../services/Accounts.ts"
import type { RequestError } from "../../services/ImsgProcess.ts"
import { Journal } from "../../services/Journal.ts"
import type { AccountContext } from "./AccountContext.ts"
import type { RowJudge } from "./judgeRow.ts"
import { noted, notedUnseen } from "./landmarks.ts"
import { monotonicMillis } from "./monotonic.ts"
import { cursorOf } from "./recentRows.ts"

/**
 * Takes rows in their order and is done when the cursor is behind them; `upTo` moves it further. Rows that were there
 * and could not be read are counted by `unreadable`.
 */
export type TakeRows = (
  rows: ReadonlyArray<ImsgMessage>,
  rest?: { readonly upTo?: number | undefined; readonly unreadable?: number }
) => Effect.Effect<void, StoreUnavailable | RequestError>

const counted = (before: FateCounts, fates: ReadonlyArray<Fate>): FateCounts => {
  const counts: Types.Mutable<FateCounts> = { ...before }
  for (const fate of fates) counts[fate] = (counts[fate] ?? 0) + 1
  return counts
}

export const makeTakeRows = (context: AccountContext, { judge }: RowJudge) =>
  Effect.gen(function* () {
    const { account } = context
    const journal = yield* Journal
    const accounts = yield* Accounts

    const takeRows: TakeRows = (rows, { unreadable = 0, upTo = 0 } = {}) =>
      Effect.gen(function* () {
        const fates = yield* Effect.forEach(rows, judge)
        const shown = rows.reduce((highest, row) => Math.max(highest, cursorOf(row)), 0)
        const reached = Math.max(shown, upTo)
        if (reached === 0 && unreadable === 0) return
        const now = yield* Clock.currentTimeMillis
        const seen = noted(yield* Ref.get(context.landmarks), rows)
        const passed = Math.max(shown, yield* Ref.get(context.reached))
        const { behindMs } = yield* Ref.get(context.clock)
        const landmarks = upTo > passed ? notedUnseen(seen, now - behindMs) : seen
        yield* journal.advance(account.id, reached, landmarks)
        const cursor = yield* Ref.updateAndGet(context.reached, (before) => Math.max(before, reached))
        yield* Ref.set(context.landmarks, landmarks)
        const stale = fates.filter((fate) => fate === "stale").length
        if (stale > 0) {
          yield* Effect.logWarning("messages that are older than catchUp.maxAgeMs are not answered").pipe(
            Effect.annotateLogs({ rows: stale, maxAgeMs: account.catchUp.maxAgeMs })
          )
        }
        if (unreadable > 0) {
          yield* Effect.logWarning("messages that cannot be read are passed over").pipe(
            Effect.annotateLogs({ rows: unreadable, upToRowId: reached })
          )
        }
        // A cursor that moves is a sign of life, whichever way the rows come.
        yield* Ref.set(context.heardAt, yield* monotonicMillis)
        yield* accounts.update(account.id, (status) => ({
          cursor,
          fates: counted(status.fates, [
            ...fates,
            ...Array.from({ length: unreadable }, () => "stale" as const)
          ]),
          ...(fates.some((fate) => fate !== "from-me") ? { lastInboundAt: now } : {})
        }))
      })
    return takeRows
  })
