/** Each row that arrives tells something of the clock that dates it. */
import { Clock, Effect, Ref } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { Accounts } from "../../../services/Accounts.ts"
import type { Positions } from "../../../services/Positions.ts"
import type { AccountContext } from "../AccountContext.ts"
import { afterArrival, NO_DIFFERENCE_MS } from "../chatdb/databaseClock.ts"
import { sentAtOf } from "../chatdb/landmarks.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"
import { setClockBehind } from "./position.ts"

export const makeNoteArrival = (context: AccountContext) =>
  Effect.gen(function* () {
    const services = yield* Effect.context<Positions | Accounts>()

    const differs = (behindMs: number) =>
      Effect.zipRight(
        Effect.provide(setClockBehind(context, behindMs), services),
        behindMs === 0
          ? Effect.logInfo("the clock of Messages agrees with the gateway's")
          : Effect.logWarning(
              "the clock of Messages differs from the gateway's: set both by the network"
            ).pipe(Effect.annotateLogs({ behindMs }))
      )

    return (row: ImsgMessage): Effect.Effect<void, StoreUnavailable> =>
      Effect.gen(function* () {
        const sentAt = sentAtOf(row)
        if (sentAt === undefined) return
        const behindMs = (yield* Clock.currentTimeMillis) - sentAt
        const isOfTimeToCome = behindMs < -NO_DIFFERENCE_MS
        const newest = yield* Ref.get(context.newestSentAt)
        if (!isOfTimeToCome) yield* Ref.set(context.newestSentAt, Math.max(newest, sentAt))
        // What was missed is as old as it is.
        if (row.id <= (yield* Ref.get(context.newestRow))) return
        const isNewest = !row.is_from_me && sentAt >= newest - NO_DIFFERENCE_MS
        const before = yield* Ref.get(context.clock)
        const after = afterArrival(before, { behindMs, at: yield* monotonicMillis, isNewest })
        yield* Ref.set(context.clock, after)
        const isOther = Math.abs(after.behindMs - (yield* Ref.get(context.toldBehindMs))) > NO_DIFFERENCE_MS
        if (!after.isConfirmed || !isOther) return
        yield* differs(after.behindMs)
      })
  })
