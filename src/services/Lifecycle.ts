/** Stopping without breaking off what has begun. */
import { Context, type Effect } from "effect"

export class Lifecycle extends Context.Tag("imsg-gateway/Lifecycle")<
  Lifecycle,
  {
    /**
     * Runs a piece of work that a stop waits for. Once the stop has begun no new work starts: the effect then
     * waits to be interrupted, and what it stood for is redelivered at the next start.
     */
    readonly work: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    /** Succeeds when the stop begins. */
    readonly stopping: Effect.Effect<void>
    /** Begins the stop and waits until nothing runs any more, or the time is over. Answers whether all ended. */
    readonly stop: (withinMs: number) => Effect.Effect<boolean>
  }
>() {}
