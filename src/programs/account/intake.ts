/** From what a child says to what the gateway keeps: judge every row, accept it durably, then move the cursor. */
import { Clock, Effect, LogLevel, type Types } from "effect"
import { fromMessage } from "../../schemas/Envelope.ts"
import { type StoreUnavailable, WatchEnded } from "../../schemas/Errors.ts"
import type { ImsgMessage, Notification } from "../../schemas/ImsgProtocol.ts"
import { Accounts, type Fate, type FateCounts } from "../../services/Accounts.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"
import { type Cursor, Journal } from "../../services/Journal.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { Router } from "../../services/Router.ts"
import { type AccountContext, sawRow } from "./AccountContext.ts"
import { completeRow } from "./completeRow.ts"
import { makeEnact } from "./enact.ts"

/** A row that was judged, and where the watch resumes after it. */
interface Judged {
  readonly cursor: number
  readonly fate: Fate
}

const counted = (before: FateCounts, judged: ReadonlyArray<Judged>): FateCounts => {
  const counts: Types.Mutable<FateCounts> = { ...before }
  for (const { fate } of judged) counts[fate] = (counts[fate] ?? 0) + 1
  return counts
}

/** Takes what the child says until it ends, the stop begins, or the store refuses. */
export const runIntake = (context: AccountContext, session: ImsgSession, cursor: Cursor) =>
  Effect.gen(function* () {
    const { account } = context
    const router = yield* Router
    const journal = yield* Journal
    const accounts = yield* Accounts
    const lifecycle = yield* Lifecycle
    const enact = yield* makeEnact(context)

    const judge = (message: ImsgMessage) =>
      Effect.gen(function* () {
        // Half of all rows are the gateway's own; they need no closer look.
        if (message.is_from_me) return "from-me"
        const envelope = fromMessage(account, yield* completeRow(context, session, message))
        const verdict = yield* router.judge(envelope, { baselineAt: cursor.baselineAt })
        yield* Effect.logDebug(`verdict: ${verdict._tag}`).pipe(
          Effect.annotateLogs({ rowId: message.id, reason: verdict.reason }),
          Effect.whenLogLevel(LogLevel.Debug)
        )
        // Of those who are not admitted nothing is kept, not even in a log.
        if (verdict._tag === "Dispatch") {
          yield* Effect.logTrace("text").pipe(
            Effect.annotateLogs({ rowId: message.id, text: envelope.text }),
            Effect.whenLogLevel(LogLevel.Trace)
          )
        }
        return yield* enact(envelope, verdict)
      })

    const onNotification = (
      notification: Notification
    ): Effect.Effect<Judged, StoreUnavailable | WatchEnded> => {
      switch (notification.method) {
        case "message": {
          const { message } = notification.params
          return sawRow(context, message.id).pipe(
            Effect.zipRight(judge(message)),
            Effect.map((fate) => ({ cursor: message.cursor ?? message.id, fate }))
          )
        }
        case "error":
          return new WatchEnded({ command: session.command, detail: "the watch reported an error" })
        case "watch.overflow":
          return new WatchEnded({ command: session.command, detail: "the watch overflowed" })
      }
    }

    const loop = Effect.gen(function* () {
      const [batch] = yield* session.notifications.takeAll
      const judged = yield* Effect.forEach(batch, onNotification)
      const reached = Math.max(0, ...judged.map((row) => row.cursor))
      if (reached === 0) return
      yield* journal.advance(account.id, reached)
      const now = yield* Clock.currentTimeMillis
      yield* accounts.update(account.id, (status) => ({
        cursor: Math.max(reached, status.cursor ?? 0),
        fates: counted(status.fates, judged),
        ...(judged.some(({ fate }) => fate !== "from-me") ? { lastInboundAt: now } : {})
      }))
    }).pipe(Effect.forever)

    // While sends finish the pipe must flow, for their responses come through it; the rows come again.
    const discard = Effect.forever(session.notifications.takeAll)
    return yield* Effect.raceFirst(loop, lifecycle.stopping).pipe(Effect.zipRight(discard))
  })
