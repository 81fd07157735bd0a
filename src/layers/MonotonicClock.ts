/** A clock whose time of day never goes back, for what makes ids from it. */
import { Clock, Effect, Layer } from "effect"

/**
 * The cluster numbers messages by the time of day; were that set back, numbers would repeat. Sleeping is left to the
 * clock below.
 */
export const layer: Layer.Layer<never> = Layer.unwrapEffect(
  Effect.map(Effect.clock, (clock) => {
    let latest = 0
    const now = () => {
      latest = Math.max(latest, clock.unsafeCurrentTimeMillis())
      return latest
    }
    return Layer.setClock({
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: now,
      unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
      currentTimeMillis: Effect.sync(now),
      currentTimeNanos: clock.currentTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    })
  })
)
