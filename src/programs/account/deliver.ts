/** A delivery: its parts in order, those of one target never beside each other. */
import { Effect, Fiber, LogLevel } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { type Delivery, type PartRecord, PartState } from "../../schemas/Delivery.ts"
import { targetKey } from "../../schemas/Target.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { Chunker } from "../../services/Chunker.ts"
import { Journal } from "../../services/Journal.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { stored } from "../stored.ts"
import type { AccountContext } from "./AccountContext.ts"
import * as Lanes from "./Lanes.ts"
import { partsOf } from "./parts.ts"
import { sendPart } from "./sendPart.ts"

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
  Effect.flatMap(Journal, (journal) =>
    journal.bury({
      id: delivery.id,
      kind: "delivery",
      accountId: delivery.accountId,
      sessionKey: "",
      code,
      message,
      payload: delivery
    })
  )

const sendAll = (context: AccountContext, oneAtATime: Effect.Semaphore, delivery: Delivery) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const outboundFiles = yield* OutboundFiles
    const records = yield* recordsOf(context.account, delivery)
    let failed: string | undefined
    for (const record of records) {
      if (failed !== undefined) {
        yield* journal.putPart(delivery, {
          ...record,
          state: PartState.Failed({ detail: "an earlier part failed" })
        })
        continue
      }
      const state = yield* sendPart(context, oneAtATime, delivery, record)
      yield* Effect.logDebug("part settled").pipe(
        Effect.annotateLogs({ part: record.index, state: state._tag }),
        Effect.whenLogLevel(LogLevel.Debug)
      )
      if (state._tag === "Failed") failed = state.detail
      if (state._tag === "Uncertain") {
        yield* Effect.logWarning("a part may or may not have been sent; it is not sent again").pipe(
          Effect.annotateLogs({ part: record.index, detail: state.detail })
        )
      }
    }
    // The files of what failed are kept with it.
    if (failed === undefined) return yield* outboundFiles.release(delivery.id)
    yield* Effect.logError("a delivery failed and is kept as a dead letter").pipe(
      Effect.annotateLogs({ detail: failed })
    )
    yield* bury(delivery, "delivery_refused", failed)
  })

/** The function that carries out an account's deliveries. It ends when every part has its final state. */
export const makeDeliver = (context: AccountContext) => {
  const lanes = Lanes.make()
  const oneAtATime = Effect.unsafeMakeSemaphore(1)
  const carryOut = (delivery: Delivery) =>
    sendAll(context, oneAtATime, delivery).pipe(
      // A delivery that trips the gateway itself must not end its account, nor vanish.
      Effect.catchAllDefect((defect) =>
        Effect.zipRight(
          Effect.logError("a defect ended a delivery", defect),
          bury(delivery, "defect", "the gateway itself failed on this delivery; its log says more")
        )
      ),
      // While the store cannot be written nothing is sent: what was sent could not be remembered.
      stored
    )
  let queued = 0
  const report = Effect.flatMap(Accounts, (accounts) =>
    accounts.update(context.account.id, () => ({ queued }))
  )
  const change = (by: number) =>
    Effect.suspend(() => {
      queued += by
      // Beside it: nothing may come before the place in the lane is taken.
      return Effect.fork(report)
    })
  return (
    delivery: Delivery
  ): Effect.Effect<void, never, Journal | Accounts | Chunker | Lifecycle | OutboundFiles> =>
    Effect.acquireUseRelease(
      change(1),
      // The place is kept over retries: what waits behind must not overtake.
      () => lanes.run(targetKey(delivery.target), carryOut(delivery)),
      () => Effect.flatMap(change(-1), Fiber.join)
    ).pipe(Effect.annotateLogs({ account: context.account.id, delivery: delivery.id }))
}
