/** Steps of the store that a turn or a delivery cannot do without. */
import { Effect, Predicate } from "effect"
import { isLost, StoreUnavailable, storeRetries } from "../../schemas/errors/store.ts"
import { tryAgain } from "../../schemas/errors/tryAgain.ts"

const isHopeless = (error: unknown): boolean =>
  error instanceof StoreUnavailable
    ? isLost(error)
    : // The cluster's own error has it for a cause.
      Predicate.hasProperty(error, "cause") && isHopeless(error.cause)

/**
 * A step of the store, for as long as it takes: what is in its way must not have an agent asked, or a part sent, again.
 * On a store that is corrupt or gone it never ends, but it can be interrupted: the gateway ends, and its actors with it.
 */
export const stored = <A, E extends { readonly message: string }, R>(
  step: Effect.Effect<A, E, R>
): Effect.Effect<A, never, R> =>
  step.pipe(
    Effect.tapError((error) => Effect.logError(`the store fails, trying again: ${error.message}`)),
    tryAgain({ schedule: storeRetries, while: (error: E) => !isHopeless(error) }),
    // Any end of a handler is kept as the answer to its message, an interruption by nobody too; it must stay unanswered.
    Effect.catchAll(() => Effect.never)
  )
