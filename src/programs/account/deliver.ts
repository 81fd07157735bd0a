/** A delivery: its parts in order, those of one target never beside each other. */
import { Clock, Effect, LogLevel } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { EXPIRED, type Reason, UNCERTAIN } from "../../schemas/DeadLetter.ts"
import { type Delivery, type PartRecord, PartState } from "../../schemas/Delivery.ts"
import { targetKey } from "../../schemas/Target.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { Chunker } from "../../services/Chunker.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import type { Echoes } from "../../services/Echoes.ts"
import type { Events } from "../../services/Events.ts"
import { Journal } from "../../services/Journal.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import * as FairSemaphore from "../FairSemaphore.ts"
import { stored } from "../stored.ts"
import type { AccountContext } from "./AccountContext.ts"
import { tellEnd, tellingOfPart } from "./deliveryEvents.ts"
import * as Lanes from "./Lanes.ts"
import { partsOf } from "./parts.ts"
import { type Accepted, sendPart, usefulUntil } from "./sendPart.ts"

/**
 * The parts as they were written down, else as they are cut now: from then on a changed config does not cut them
 * differently. A single part is written down when it is first tried.
 */
const recordsOf = (account: AccountConfig, delivery: Delivery) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const known = yield* journal.parts(delivery.id)
    if (known.length > 0) return known
    const parts = yield* partsOf(account, delivery)
    const records = parts.map(
      (part, index): PartRecord => ({ index, part, state: PartState.Queued(), tries: 0 })
    )
    if (records.length > 1) yield* journal.putParts(delivery, records)
    return records
  })

const bury = (delivery: Delivery, code: string, message: string) =>
  Effect.flatMap(DeadLetters, (deadLetters) =>
    deadLetters.bury({
      content: { _tag: "Delivery", delivery },
      attempt: delivery.attempt ?? 0,
      code,
      message
    })
  )

/** In the moment in which the delivery's own end is written down. What a crash leaves behind goes with the next pruning. */
const forgetWords = (delivery: Delivery) =>
  Effect.flatMap(Journal, (journal) =>
    Effect.forkDaemon(
      Effect.catchAll(journal.forgetWords(delivery.id), (error) =>
        Effect.logWarning(`what a delivery said stays in the store for now: ${error.message}`)
      )
    )
  )

/** Whether a part is there, or may be: so it was before, where an earlier one is tried again. */
const isSaid = ({ _tag }: PartState): boolean => _tag === "Sent" || _tag === "Uncertain"

const sendAll = (context: AccountContext, oneAtATime: FairSemaphore.FairSemaphore, accepted: Accepted) =>
  Effect.gen(function* () {
    const { delivery } = accepted
    const journal = yield* Journal
    const outboundFiles = yield* OutboundFiles
    const deadLetters = yield* DeadLetters
    const records = yield* recordsOf(context.account, delivery)
    let failed: Reason | undefined
    let uncertain: string | undefined
    for (const record of records) {
      if (failed !== undefined && !isSaid(record.state)) {
        yield* journal.putPart(delivery, {
          ...record,
          state: PartState.Failed({ detail: "an earlier part failed" })
        })
        continue
      }
      const { code, state } = yield* tellingOfPart(
        delivery,
        record,
        sendPart(context, oneAtATime, accepted, record)
      )
      yield* Effect.logDebug("part settled").pipe(
        Effect.annotateLogs({ part: record.index, state: state._tag }),
        Effect.whenLogLevel(LogLevel.Debug)
      )
      if (state._tag === "Failed") failed = { code, message: state.detail }
      // What follows it is said all the same: it may be there already, and waiting would never tell.
      if (state._tag === "Uncertain") {
        uncertain = state.detail
        yield* Effect.logWarning("a part may or may not have been sent; it is not sent again").pipe(
          Effect.annotateLogs({ part: record.index, detail: state.detail })
        )
      }
    }
    if (failed !== undefined && (yield* Clock.currentTimeMillis) >= usefulUntil(accepted)) {
      yield* Effect.logInfo("a message that is of no use any more was not sent")
      // Who ordered a retry finds it as it is; else nobody would miss it.
      if (delivery.attempt !== undefined) {
        yield* bury(delivery, EXPIRED, "it was of no use any more when it was tried again, and was not sent")
      }
      return "expired" as const
    }
    if (failed !== undefined) {
      yield* Effect.logError("a delivery failed and is kept as a dead letter").pipe(
        Effect.annotateLogs({ code: failed.code, detail: failed.message })
      )
      yield* bury(delivery, failed.code, failed.message)
      return "failed" as const
    }
    // Kept to be seen and judged; its files with it, as those of what failed.
    if (uncertain !== undefined) {
      yield* bury(delivery, UNCERTAIN, uncertain)
      return "uncertain" as const
    }
    const hasFiles = records.some(({ part }) => part._tag === "File")
    if (hasFiles && !context.confirmations.holdFiles(delivery.id)) yield* outboundFiles.release(delivery.id)
    if (delivery.attempt !== undefined) yield* deadLetters.resolve("Delivery", delivery.id)
    return "sent" as const
  })

/**
 * The function that carries out an account's deliveries. It ends when every part has its final state. `context` is the
 * account as it is when a delivery's turn comes.
 */
export const makeDeliver = (accountId: string, context: Effect.Effect<AccountContext>) => {
  const lanes = Lanes.make()
  const oneAtATime = FairSemaphore.make(1)
  const carryOut = (accepted: Accepted) =>
    Effect.flatMap(context, (now) =>
      Effect.acquireUseRelease(
        Effect.sync(() => now.confirmations.begins(accepted.delivery.id)),
        () => sendAll(now, oneAtATime, accepted),
        () => Effect.sync(() => now.confirmations.ends(accepted.delivery.id))
      )
    ).pipe(
      // A delivery that trips the gateway itself must not end its account, nor vanish.
      Effect.catchAllDefect((defect) =>
        Effect.logError("a defect ended a delivery", defect).pipe(
          Effect.zipRight(
            bury(accepted.delivery, "defect", "the gateway itself failed on this delivery; its log says more")
          ),
          Effect.as("failed" as const)
        )
      ),
      // While the store cannot be written nothing is sent: what was sent could not be remembered.
      stored,
      Effect.tap(() => forgetWords(accepted.delivery)),
      Effect.flatMap((outcome) => tellEnd(accepted, outcome))
    )
  const change = (by: number) =>
    Effect.flatMap(Accounts, (accounts) =>
      accounts.update(accountId, ({ queued }) => ({ queued: queued + by }))
    )
  return (
    accepted: Accepted
  ): Effect.Effect<
    void,
    never,
    Journal | DeadLetters | Accounts | Chunker | Echoes | Events | Lifecycle | OutboundFiles
  > =>
    Effect.acquireUseRelease(
      change(1),
      // The place is kept over retries: what waits behind must not overtake.
      () => lanes.run(targetKey(accepted.delivery.target), carryOut(accepted)),
      () => change(-1)
    ).pipe(Effect.annotateLogs({ account: accountId, delivery: accepted.delivery.id }))
}
