/** What keeps the store from growing for ever. */
import { Context, type Effect } from "effect"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

/** How much was removed, by what it was. */
export interface Removed {
  /** Messages of sessions: what was said, and the keys by which a repetition is known. */
  readonly messages: number
  /** Deliveries: the ids by which a repetition is known. */
  readonly deliveries: number
  /** Parts of deliveries. */
  readonly parts: number
  readonly turns: number
  /** Group messages that no turn took up. */
  readonly histories: number
  /** What was said in conversations, by questions and their answers. */
  readonly exchanges: number
  /** Conversations of which nothing is left. */
  readonly conversations: number
  /** What was decided of rows, and how turns ended. */
  readonly decisions: number
  readonly turnEnds: number
  /** What agents asked leave for. */
  readonly permissions: number
  readonly pairingRequests: number
  readonly deadLetters: number
  /** Deliveries whose files lay there still. */
  readonly files: number
}

export class Retention extends Context.Tag("imsg-gateway/Retention")<
  Retention,
  {
    /**
     * Removes what was finished before a time (Unix ms), little by little, so that nothing else has to wait. What is
     * not finished stays, and so does what that may still ask for.
     */
    readonly prune: (before: number) => Effect.Effect<Removed, StoreUnavailable>
  }
>() {}
