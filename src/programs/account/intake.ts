/** From what a child says to what the gateway keeps: judge every row, accept it durably, then move the cursor. */
import type { ClusterError } from "@effect/cluster"
import { Clock, Effect, LogLevel, Option } from "effect"
import { AccountActor, SessionActor } from "../../schemas/Actors.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import { envelopeKey, fromMessage, replyTarget } from "../../schemas/Envelope.ts"
import { StoreUnavailable, WatchEnded } from "../../schemas/Errors.ts"
import type { ImsgMessage, Notification } from "../../schemas/ImsgProtocol.ts"
import { Verdict } from "../../schemas/Verdict.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"
import { Intake } from "../../services/Intake.ts"
import { type Cursor, Journal } from "../../services/Journal.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import { Router } from "../../services/Router.ts"
import { type AccountContext, sawRow } from "./AccountContext.ts"
import { pairingDelivery } from "./pairingDelivery.ts"

/**
 * A persisted message counts as accepted once it is saved. That its actor is busy with the same message, or has a
 * full mailbox, is then no failure: the actor takes it from the store.
 */
const accepted = <R>(
  save: Effect.Effect<
    void,
    ClusterError.MailboxFull | ClusterError.AlreadyProcessingMessage | ClusterError.PersistenceError,
    R
  >
): Effect.Effect<void, StoreUnavailable, R> =>
  save.pipe(
    Effect.catchTags({
      MailboxFull: () => Effect.void,
      AlreadyProcessingMessage: () => Effect.void,
      PersistenceError: ({ cause }) =>
        cause instanceof StoreUnavailable
          ? cause
          : new StoreUnavailable({ file: "gateway.db", detail: String(cause) })
    })
  )

/** What handles the rows of one account. */
const makeAccept = ({ account }: AccountContext) =>
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    const journal = yield* Journal
    const intake = yield* Intake
    const session = yield* SessionActor.client
    const actor = yield* AccountActor.client

    const pair = (envelope: Envelope) =>
      Effect.gen(function* () {
        const outcome = yield* pairing.request({
          accountId: account.id,
          sender: envelope.sender,
          ttlMs: account.pairing.ttlMs,
          maxPending: account.pairing.maxPending
        })
        if (outcome._tag === "Full") {
          yield* Effect.logWarning("too many pending pairing requests; a stranger is not answered")
          return
        }
        // Also for one that was there before: a crash may have come between the request and its reply, and the
        // delivery's id keeps it from being sent twice.
        yield* accepted(
          actor(account.id).Deliver(pairingDelivery(account, outcome.request, replyTarget(envelope)), {
            discard: true
          })
        )
      })

    return (envelope: Envelope, verdict: Verdict) =>
      Verdict.$match(verdict, {
        Dispatch: ({ agentId, isGroup, sessionKey }) =>
          intake
            .admit(sessionKey, envelopeKey(envelope))
            .pipe(
              Effect.zipRight(
                accepted(session(sessionKey).Inbound({ envelope, agentId, isGroup }, { discard: true }))
              )
            ),
        Pair: () => pair(envelope),
        Remember: ({ limit }) => (limit > 0 ? journal.remember(envelope, limit) : Effect.void),
        Drop: () => Effect.void
      })
  })

/** Takes what the child says until it ends, the stop begins, or the store refuses. */
export const runIntake = (context: AccountContext, session: ImsgSession, cursor: Cursor) =>
  Effect.gen(function* () {
    const { account } = context
    const router = yield* Router
    const journal = yield* Journal
    const accounts = yield* Accounts
    const lifecycle = yield* Lifecycle
    const accept = yield* makeAccept(context)

    const onMessage = (message: ImsgMessage) =>
      Effect.gen(function* () {
        yield* sawRow(context, message.id)
        // Half of all rows are the gateway's own; they need no closer look.
        if (message.is_from_me) return message.cursor ?? message.id
        const envelope = fromMessage(account.id, account.region, message)
        if (Option.isNone(envelope)) {
          yield* Effect.logWarning("a row belongs to no chat and is left out").pipe(
            Effect.annotateLogs({ rowId: message.id })
          )
          return message.cursor ?? message.id
        }
        const verdict = yield* router.judge(envelope.value, { baselineAt: cursor.baselineAt })
        yield* Effect.logDebug(`verdict: ${verdict._tag}`).pipe(
          Effect.annotateLogs({ rowId: message.id, reason: verdict.reason }),
          Effect.whenLogLevel(LogLevel.Debug)
        )
        // Of those who are not admitted nothing is kept, not even in a log.
        if (verdict._tag === "Dispatch") {
          yield* Effect.logTrace("text").pipe(
            Effect.annotateLogs({ rowId: message.id, text: envelope.value.text }),
            Effect.whenLogLevel(LogLevel.Trace)
          )
        }
        yield* accept(envelope.value, verdict)
        if (verdict._tag !== "Drop") {
          const now = yield* Clock.currentTimeMillis
          yield* accounts.update(account.id, () => ({ lastInboundAt: now }))
        }
        return envelope.value.cursor
      })

    const onNotification = (
      notification: Notification
    ): Effect.Effect<number, StoreUnavailable | WatchEnded> => {
      switch (notification.method) {
        case "message":
          return onMessage(notification.params.message)
        case "error":
          return new WatchEnded({ command: session.command, detail: "the watch reported an error" })
        case "watch.overflow":
          return new WatchEnded({ command: session.command, detail: "the watch overflowed" })
      }
    }

    const loop = Effect.gen(function* () {
      const [batch] = yield* session.notifications.takeAll
      let reached = 0
      for (const notification of batch) reached = Math.max(reached, yield* onNotification(notification))
      if (reached === 0) return
      yield* journal.advance(account.id, reached)
      yield* accounts.update(account.id, (status) => ({ cursor: Math.max(reached, status.cursor ?? 0) }))
    }).pipe(Effect.forever)

    // While sends finish the pipe must flow, for their responses come through it; the rows come again.
    const discard = Effect.forever(session.notifications.takeAll)
    return yield* Effect.raceFirst(loop, lifecycle.stopping).pipe(Effect.zipRight(discard))
  })
