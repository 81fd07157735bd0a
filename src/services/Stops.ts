/** What was stopped in a chat: nothing up to that row is answered any more, whether it runs, waits, or comes again. */
import { Context, type Effect } from "effect"
import type { Envelope } from "../schemas/Envelope.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

/** A message, by its chat (else by who wrote it) and its row. */
export type StoppedBy = Pick<
  Envelope,
  "accountId" | "chatId" | "chatGuid" | "chatIdentifier" | "sender" | "service" | "rowId"
>

type Stored<A> = Effect.Effect<A, StoreUnavailable>

export class Stops extends Context.Tag("imsg-gateway/Stops")<
  Stops,
  {
    /** Stops everything of a chat from before this message, durably. */
    readonly stop: (message: StoppedBy) => Stored<void>
    /** Whether a message was stopped. */
    readonly isStopped: (message: StoppedBy) => Stored<boolean>
    /** Waits until a message is stopped; never fails, and never ends where that does not happen. */
    readonly awaitStop: (message: StoppedBy) => Effect.Effect<void>
  }
>() {}
