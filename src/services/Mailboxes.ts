/** What waits in the mailboxes of the sessions. */
import { Context, type Effect } from "effect"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

/** Sessions of which messages wait or are being answered, and those messages. */
export interface MailboxCounts {
  readonly busy: number
  readonly messages: number
}

export class Mailboxes extends Context.Tag("imsg-gateway/Mailboxes")<
  Mailboxes,
  {
    readonly counts: Effect.Effect<MailboxCounts, StoreUnavailable>
    /** How many messages of one chat wait or are being answered, by the lane of its messages (see Stops). */
    readonly ofChat: (lane: string) => Effect.Effect<number, StoreUnavailable>
  }
>() {}
