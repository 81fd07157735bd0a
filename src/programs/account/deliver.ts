/** A delivery: its parts in order, those of one target never beside each other. */
import { Effect, Schedule } from "effect"
import { type Delivery, PartState } from "../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../schemas/Errors.ts"
import { targetKey } from "../../schemas/Target.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { Chunker } from "../../services/Chunker.ts"
import { Journal } from "../../services/Journal.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import type { AccountContext } from "./AccountContext.ts"
import * as Lanes from "./Lanes.ts"
import { partsOf } from "./parts.ts"
import { sendPart } from "./sendPart.ts"

/** While the store cannot be written nothing is sent: what was sent could not be remembered. */
const storeRetries = Schedule.exponential("100 millis").pipe(Schedule.union(Schedule.spaced("10 seconds")))

const sendAll = (context: AccountContext, oneAtATime: Effect.Semaphore, delivery: Delivery) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const parts = yield* partsOf(context.account, delivery)
    const records = yield* journal.plan({ deliveryId: delivery.id, accountId: context.account.id }, parts)
    let failed: string | undefined
    for (const record of records) {
      if (failed !== undefined) {
        yield* journal.setPart(delivery.id, record.index, PartState.Failed({ detail: "an earlier part failed" }))
        continue
      }
      const state = yield* sendPart(context, oneAtATime, delivery, record)
      yield* Effect.logDebug("part settled").pipe(
        Effect.annotateLogs({ part: record.index, state: state._tag })
      )
      if (state._tag === "Failed") failed = state.detail
      if (state._tag === "Uncertain") {
        yield* Effect.logWarning("a part may or may not have been sent; it is not sent again").pipe(
          Effect.annotateLogs({ part: record.index, detail: state.detail })
        )
      }
    }
    if (failed === undefined) return
    yield* Effect.logError("a delivery failed and is kept as a dead letter").pipe(
      Effect.annotateLogs({ detail: failed })
    )
    yield* journal.bury({
      id: delivery.id,
      kind: "delivery",
      accountId: delivery.accountId,
      sessionKey: "",
      code: "delivery_refused",
      message: failed,
      payload: delivery
    })
  })

/** The function that carries out an account's deliveries. It ends when every part has its final state. */
export const makeDeliver = (context: AccountContext) => {
  const lanes = Lanes.make()
  const oneAtATime = Effect.unsafeMakeSemaphore(1)
  return (
    delivery: Delivery
  ): Effect.Effect<void, never, Journal | Accounts | Chunker | Lifecycle> =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const count = (change: number) =>
        accounts.update(context.account.id, ({ queued }) => ({ queued: queued + change }))
      yield* Effect.acquireUseRelease(
        count(1),
        () => lanes.run(targetKey(delivery.target), sendAll(context, oneAtATime, delivery)),
        () => count(-1)
      )
    }).pipe(
      Effect.tapError((error: StoreUnavailable) => Effect.logError(error.message)),
      Effect.retry(storeRetries),
      // The schedule never ends, so neither does the retry.
      Effect.orDie,
      Effect.annotateLogs({ account: context.account.id, delivery: delivery.id })
    )
}
