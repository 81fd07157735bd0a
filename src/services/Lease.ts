/** Until when this host surely is the only one that has what it took of the cluster. Without a cluster there is none. */
import { Context, type Effect, type Stream } from "effect"

/** A moment by both clocks, in ms: one that never jumps, but stands still in a machine that sleeps, and the other. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export class Lease extends Context.Tag("imsg-gateway/Lease")<
  Lease,
  {
    readonly now: Effect.Effect<Moment>
    /** What was taken is known to have been this host's at that moment. */
    readonly renew: (at: Moment) => Effect.Effect<void>
    /** How long it surely stays so, in ms; 0 once another host may have it. */
    readonly left: Effect.Effect<number>
    /** Waits until there is anything left. */
    readonly held: Effect.Effect<void>
    /** What is left, each time that it is renewed. */
    readonly renewals: Stream.Stream<number>
  }
>() {}
