/** Waiting in finalizers. */
import { Effect, Fiber, type Option } from "effect"

/**
 * Waits for an effect, at most for a time in ms; none where it took longer. For finalizers, in which nothing can be
 * interrupted but what has a fiber of its own: an interruption that comes while they run goes on to all children of
 * their fiber, and would end a plain time limit, and with it the finalizer, half-way. A daemon is nobody's child.
 */
export const waitAtMost = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  millis: number
): Effect.Effect<Option.Option<A>, E, R> =>
  effect.pipe(
    Effect.timeoutOption(millis),
    Effect.interruptible,
    Effect.forkDaemon,
    Effect.flatMap(Fiber.join)
  )
