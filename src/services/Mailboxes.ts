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
  { readonly counts: Effect.Effect<MailboxCounts, StoreUnavailable> }
>() {}
