/**
 * What was stopped: messages that are not answered any more, whether they run, wait, or come again after a crash. They
 * are known by their guids, so that a stop means nothing to what another database has in the place of theirs, nor to
 * what comes after it.
 */
import { Context, type Effect } from "effect"
import type { Envelope } from "../schemas/Envelope.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

/** A message, by what identifies it for good. */
export type StoppedMessage = Pick<Envelope, "accountId" | "guid">

type Stored<A> = Effect.Effect<A, StoreUnavailable>

export class Stops extends Context.Tag("imsg-gateway/Stops")<
  Stops,
  {
    /**
     * Stops, durably, what runs and what waits for a chat, which is named as the lane of its messages is
     * (programs/session/chatLane.ts), in whichever session. Answers how many messages that are: those of a turn whose
     * reply was accepted already are not among them.
     */
    readonly stop: (lane: string) => Stored<number>
    /** Whether a message was stopped. `attempt` is that of its turn: one that is tried anew was not. */
    readonly isStopped: (message: StoppedMessage, attempt?: number) => Stored<boolean>
    /** Waits until a message is stopped, or was; never fails, and never ends where that does not happen. */
    readonly awaitStop: (message: StoppedMessage, attempt?: number) => Effect.Effect<void>
  }
>() {}
