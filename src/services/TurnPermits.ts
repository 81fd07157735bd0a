/** Permits of turns that run, of which there are `agents.maxConcurrent`. */
import { Context, type Effect } from "effect"

/** A permit that is held. */
export interface Permit {
  /**
   * Runs what only waits while the permit is given back, so that another turn can run; then waits for one again. Of
   * several at once the last takes it.
   */
  readonly aside: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export class TurnPermits extends Context.Tag("imsg-gateway/TurnPermits")<
  TurnPermits,
  {
    /** Runs the work of a turn, whose permit is known by the turn's id meanwhile. */
    readonly during: (
      turnId: string,
      permit: Permit
    ) => <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    /** Runs what a turn only waits for, without its permit; that of a turn which has none, as it is. */
    readonly aside: (turnId: string) => Permit["aside"]
  }
>() {}
