/** What is done with rows, whether a watch announces them or they are fetched: judge, enact, move the cursor. */
import { Clock, Effect, LogLevel, Option, Ref, type Types } from "effect"
import { type Envelope, fromMessage } from "../../schemas/Envelope.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { ImsgMessage } from "../../schemas/ImsgProtocol.ts"
import { Accounts, type Fate, type FateCounts } from "../../services/Accounts.ts"
import { Echoes } from "../../services/Echoes.ts"
import { Events } from "../../services/Events.ts"
import type { RequestError } from "../../services/ImsgProcess.ts"
import { type Cursor, Journal } from "../../services/Journal.ts"
import { Router } from "../../services/Router.ts"
import { type AccountContext, sawRow } from "./AccountContext.ts"
import { makeEnact } from "./enact.ts"
import { noted, notedUnseen } from "./landmarks.ts"
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

/** `complete` finds out what a row does not say of its chat; none where nobody knows it. */
export const makeTakeRows = (
  context: AccountContext,
  cursor: Cursor,
  complete: (row: ImsgMessage) => Effect.Effect<Option.Option<ImsgMessage>, RequestError>
) =>
  Effect.gen(function* () {
    const { account } = context
    const router = yield* Router
    const echoes = yield* Echoes
    const journal = yield* Journal
    const accounts = yield* Accounts
    const { unsafePublish } = yield* Events
    const enact = yield* makeEnact(context)

    /** Of those who are not admitted only the fate is told. */
    const tell = (row: ImsgMessage, fate: Fate, envelope?: Envelope) =>
      unsafePublish({
        _tag: "MessageJudged",
        accountId: account.id,
        rowId: row.id,
        fate,
        ...(envelope === undefined ? {} : { sender: envelope.sender, text: envelope.text }),
        ...(envelope?.chatId === undefined ? {} : { chatId: envelope.chatId })
      })

    const judge = (row: ImsgMessage): Effect.Effect<Fate, StoreUnavailable | RequestError> =>
      Effect.gen(function* () {
        yield* sawRow(context, row.id)
        context.confirmations.saw(row)
        yield* echoes.learn(account.id, row)
        // Half of all rows are the gateway's own; they need no closer look.
        if (row.is_from_me) {
          tell(row, "from-me")
          return "from-me"
        }
        const completed = yield* complete(row)
        if (Option.isNone(completed)) {
          yield* Effect.logWarning("a message whose chat cannot be found out is not answered").pipe(
            Effect.annotateLogs({ rowId: row.id })
          )
          tell(row, "no-chat")
          return "no-chat"
        }
        const envelope = fromMessage(account, completed.value)
        if (yield* echoes.isEcho(envelope)) {
          yield* Effect.logDebug("an echo of what was said").pipe(
            Effect.annotateLogs({ rowId: row.id }),
            Effect.whenLogLevel(LogLevel.Debug)
          )
          tell(row, "echo")
          return "echo"
        }
        const verdict = yield* router.judge(envelope, { baselineAt: cursor.baselineAt })
        yield* Effect.logDebug(`verdict: ${verdict._tag}`).pipe(
          Effect.annotateLogs({ rowId: row.id, reason: verdict.reason }),
          Effect.whenLogLevel(LogLevel.Debug)
        )
        // Of those who are not admitted nothing is kept, not even in a log.
        if (verdict._tag === "Dispatch") {
          yield* Effect.logTrace("text").pipe(
            Effect.annotateLogs({ rowId: row.id, text: envelope.text }),
            Effect.whenLogLevel(LogLevel.Trace)
          )
        }
        const fate = yield* enact(envelope, verdict)
        tell(row, fate, verdict._tag === "Dispatch" ? envelope : undefined)
        return fate
      })

    const takeRows: TakeRows = (rows, { unreadable = 0, upTo = 0 } = {}) =>
      Effect.gen(function* () {
        const fates = yield* Effect.forEach(rows, judge)
        const shown = rows.reduce((highest, row) => Math.max(highest, cursorOf(row)), 0)
        const reached = Math.max(shown, upTo)
        if (reached === 0 && unreadable === 0) return
        const now = yield* Clock.currentTimeMillis
        const seen = noted(yield* Ref.get(context.landmarks), rows)
        const passed = Math.max(shown, yield* Ref.get(context.reached))
        const landmarks = upTo > passed ? notedUnseen(seen, now) : seen
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
        yield* Ref.set(context.heardAt, now)
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
