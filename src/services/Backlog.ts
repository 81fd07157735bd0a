/** What waits in the mailboxes of the actors, and what became of it last. */
import { Context, type Effect } from "effect"
import type { StoreUnavailable } from "../schemas/errors/store.ts"
import type { Target } from "../schemas/Target.ts"

export interface BacklogCounts {
  /** Sessions of which messages wait or are being answered, and those messages. */
  readonly sessions: { readonly busy: number; readonly messages: number }
  /** Replies that wait or are being sent. */
  readonly deliveries: number
}

/** A reply that waits or is being sent; `acceptedAt` in Unix ms. */
export interface WaitingReply {
  readonly id: string
  readonly accountId: string
  readonly target: Target
  readonly acceptedAt: number
}

/** A part of a reply that has its final state, since `settledAt` (Unix ms). */
export interface SettledReplyPart {
  readonly deliveryId: string
  readonly index: number
  readonly accountId: string
  readonly state: "sent" | "uncertain" | "failed"
  readonly guid: string | null
  readonly detail: string | null
  readonly settledAt: number
}

export class Backlog extends Context.Tag("imsg-gateway/Backlog")<
  Backlog,
  {
    readonly counts: Effect.Effect<BacklogCounts, StoreUnavailable>
    /** At most so many replies without an end, oldest first. */
    readonly waiting: (limit: number) => Effect.Effect<ReadonlyArray<WaitingReply>, StoreUnavailable>
    /** Whether a delivery was accepted by an account, whatever became of it, for as long as that is remembered. */
    readonly hasAccepted: (accountId: string, deliveryId: string) => Effect.Effect<boolean, StoreUnavailable>
    /** At most so many parts, those that were settled last first. */
    readonly settled: (limit: number) => Effect.Effect<ReadonlyArray<SettledReplyPart>, StoreUnavailable>
  }
>() {}
