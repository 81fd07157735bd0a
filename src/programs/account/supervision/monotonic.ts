/** Time for spans: whatever is done to the time of day, it goes on. */
import { Clock, Effect } from "effect"

/** Milliseconds since some moment, by a clock that is never set. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(Clock.currentTimeNanos, (nanos) =>
  Number(nanos / 1_000_000n)
)
