/** Pairing requests and approvals, per account. */
import { Context, type Effect, type Option } from "effect"
import type { PairingNotFound } from "../schemas/errors/pairing.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"
import type { Target } from "../schemas/Target.ts"

/** A stranger who waits for approval. Times are Unix milliseconds. */
export interface PairingRequest {
  readonly accountId: string
  readonly sender: string
  readonly code: string
  readonly createdAt: number
  readonly expiresAt: number
  /** When they last wrote. */
  readonly lastSeenAt: number
}

/** Somebody who was let in. */
export interface PairingApproval {
  readonly accountId: string
  readonly sender: string
  readonly approvedAt: number
}

/** Somebody who was let in while the account was another Messages identity, which `identity` names. */
export interface FormerApproval extends PairingApproval {
  readonly identity: string
}

/** Somebody who was let in and has not been told. `code` is that of their request. */
export interface ApprovalNotice {
  readonly accountId: string
  readonly sender: string
  readonly code: string
  readonly target: Target
}

/**
 * What became of a request: a new code to be sent, one that was sent before, none for as long as the owner's refusal
 * holds, none because the owner has just let them in, or none because `maxPending` strangers wait already.
 */
export type PairingOutcome =
  | { readonly _tag: "Created"; readonly request: PairingRequest }
  | { readonly _tag: "Pending"; readonly request: PairingRequest }
  | { readonly _tag: "Rejected" }
  | { readonly _tag: "Approved" }
  | { readonly _tag: "Full" }

export class PairingStore extends Context.Tag("imsg-gateway/PairingStore")<
  PairingStore,
  {
    /** When somebody was let in, Unix ms; none where they are not. */
    readonly approvedAt: (
      accountId: string,
      sender: string
    ) => Effect.Effect<Option.Option<number>, StoreUnavailable>
    /**
     * `target` is where they wrote, and where they will be told. A person has one request and one approval: what is
     * known of their `others`, the other handles of the sender, holds for this one.
     */
    readonly request: (input: {
      readonly accountId: string
      readonly sender: string
      readonly others?: ReadonlyArray<string>
      readonly target: Target
      readonly ttlMs: number
      readonly maxPending: number
    }) => Effect.Effect<PairingOutcome, StoreUnavailable>
    /** Admits the sender of a pending request, and leaves a notice for them. Codes are read in any case. */
    readonly approve: (code: string) => Effect.Effect<PairingRequest, PairingNotFound | StoreUnavailable>
    /**
     * Refuses a pending request: its sender gets no other code before this one would have expired. What agents remember
     * of them goes in the same write.
     */
    readonly reject: (code: string) => Effect.Effect<PairingRequest, PairingNotFound | StoreUnavailable>
    /**
     * Takes approvals of one person back. Where there was one, what agents remember of whoever has one of these handles
     * goes in the same write.
     */
    readonly revoke: (
      approvals: ReadonlyArray<Pick<PairingApproval, "accountId" | "sender">>
    ) => Effect.Effect<void, StoreUnavailable>
    /** The pending requests, oldest first. */
    readonly pending: Effect.Effect<ReadonlyArray<PairingRequest>, StoreUnavailable>
    /** Who was let in, oldest first. */
    readonly approvals: Effect.Effect<ReadonlyArray<PairingApproval>, StoreUnavailable>
    /**
     * Writes down which Messages identity an account is from now on; answers who was let in while it was another.
     * `spellings` are other texts for the same one, as earlier versions wrote it down.
     */
    readonly identify: (
      accountId: string,
      identity: string,
      spellings?: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<FormerApproval>, StoreUnavailable>
    /** The same, and writes nothing down. */
    readonly former: (
      accountId: string,
      identity: string,
      spellings?: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<FormerApproval>, StoreUnavailable>
    /** The notices of an account that are not accepted for delivery yet. */
    readonly notices: (accountId: string) => Effect.Effect<ReadonlyArray<ApprovalNotice>, StoreUnavailable>
    /** The accounts that have any: one question for all of them. */
    readonly noticedAccounts: Effect.Effect<ReadonlySet<string>, StoreUnavailable>
    /** Forgets a notice, once it is accepted for delivery. */
    readonly noticed: (notice: ApprovalNotice) => Effect.Effect<void, StoreUnavailable>
  }
>() {}
