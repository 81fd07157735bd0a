/** Which lanes of an actor are paused: what waits in them is left in the store, and others have its places. */
import { Context, type Effect } from "effect"

/** An actor by its type and id. */
export interface ActorAddress {
  readonly entityType: string
  readonly entityId: string
}

export class PausedLanes extends Context.Tag("imsg-gateway/PausedLanes")<
  PausedLanes,
  {
    /** Pauses a lane: its actor is handed nothing more of it, and keeps what it was handed beside its window. */
    readonly pause: (actor: ActorAddress, lane: string) => Effect.Effect<void>
    /** Ends the pause of a lane: what waits in it comes in its order among the others again. */
    readonly resume: (actor: ActorAddress, lane: string) => Effect.Effect<void>
    /** Ends every pause of an actor, which has forgotten them. */
    readonly resumeAll: (actor: ActorAddress) => Effect.Effect<void>
  }
>() {}
