/** How what failed is tried again, where it hardly ever fails. */
import { Effect, type Schedule } from "effect"

/** When it is tried again, and after which failures. */
interface Retries<E, R> {
  readonly schedule: Schedule.Schedule<unknown, E, R>
  readonly while: (error: E) => boolean
}

/**
 * As `Effect.retry` does it. But a schedule is begun at the first failure and not before the first try: to begin one
 * costs as much as a statement of the store.
 */
export const tryAgain =
  <E, R2 = never>(retries: Retries<E, R2>) =>
  <A, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | R2> =>
    Effect.catchIf(effect, retries.while, (first) => {
      let isTold = false
      const next = Effect.suspend(() => {
        if (isTold) return effect
        isTold = true
        return Effect.fail(first)
      })
      return Effect.retry(next, retries)
    })
