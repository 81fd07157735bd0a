/** Steps of the store that a turn or a delivery cannot do without. */
import { Effect, Schedule } from "effect"

const storeRetries = Schedule.exponential("100 millis").pipe(Schedule.union(Schedule.spaced("10 seconds")))

/** A step of the store, for as long as it takes: what is in its way must not have an agent asked, or a part sent, again. */
export const stored = <A, E extends { readonly message: string }, R>(
  step: Effect.Effect<A, E, R>
): Effect.Effect<A, never, R> =>
  step.pipe(
    Effect.tapError((error) => Effect.logError(`the store fails, trying again: ${error.message}`)),
    Effect.retry(storeRetries),
    // The schedule has no end.
    Effect.orDie
  )
