/** Keeps the store within bounds for as long as the gateway runs. */
import { Clock, Duration, Effect, Layer, Schedule } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { type ConfigService, currentConfig } from "../../services/ConfigService.ts"
import { Retention } from "../../services/Retention.ts"

const EVERY = "1 hour"

/**
 * How long what is finished is kept, in milliseconds. A row of Messages may be shown again for as long as it would be
 * answered, and is known as answered only by what is kept of it; so is a pairing code, for as long as it is valid, as
 * told to who asks again.
 */
export const keepMs = ({ accounts, retention }: Pick<GatewayConfig, "accounts" | "retention">): number =>
  Math.max(
    Duration.toMillis(Duration.days(retention.days)),
    ...accounts.map(({ catchUp, pairing }) => Math.max(catchUp.maxAgeMs, pairing.ttlMs))
  )

/**
 * Prunes now and every hour; runs for ever. Each host of a cluster does: what it finds in the store another one has mostly
 * removed, which costs some twenty small writes an hour, and the copies of files that only it has are its own to remove.
 */
export const keepBounded = Effect.gen(function* () {
  const { prune } = yield* Retention
  return yield* Effect.all([Clock.currentTimeMillis, currentConfig]).pipe(
    Effect.flatMap(([now, config]) => prune(now - keepMs(config))),
    Effect.flatMap((removed) =>
      Object.values(removed).some((count) => count > 0)
        ? Effect.logInfo("what was finished long ago is removed").pipe(Effect.annotateLogs({ ...removed }))
        : Effect.logDebug("nothing is old enough to be removed")
    ),
    Effect.catchAll((error) => Effect.logWarning(`nothing could be removed: ${error.message}`)),
    Effect.repeat(Schedule.spaced(EVERY))
  )
})

export const layer: Layer.Layer<never, never, ConfigService | Retention> = Layer.scopedDiscard(
  Effect.forkScoped(Effect.interruptible(keepBounded))
)
