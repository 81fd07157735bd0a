/** Pairing requests and approvals, per account. */
import { Context, type Effect } from "effect"
import type { PairingNotFound, StoreUnavailable } from "../schemas/Errors.ts"

/** A stranger who waits for approval. Times are Unix milliseconds. */
export interface PairingRequest {
  readonly accountId: string
  readonly sender: string
  readonly code: string
  readonly createdAt: number
  readonly expiresAt: number
}

/**
 * What became of a request: a new code to be sent, one that was sent before, or none, because `maxPending`
 * strangers wait already.
 */
export type PairingOutcome =
  | { readonly _tag: "Created"; readonly request: PairingRequest }
  | { readonly _tag: "Pending"; readonly request: PairingRequest }
  | { readonly _tag: "Full" }

export class PairingStore extends Context.Tag("imsg-gateway/PairingStore")<
  PairingStore,
  {
    readonly isApproved: (accountId: string, sender: string) => Effect.Effect<boolean, StoreUnavailable>
    readonly request: (input: {
      readonly accountId: string
      readonly sender: string
      readonly ttlMs: number
      readonly maxPending: number
    }) => Effect.Effect<PairingOutcome, StoreUnavailable>
    /** Admits the sender of a pending request. Codes are read in any case. */
    readonly approve: (code: string) => Effect.Effect<PairingRequest, PairingNotFound | StoreUnavailable>
    /** The pending requests, oldest first. */
    readonly pending: Effect.Effect<ReadonlyArray<PairingRequest>, StoreUnavailable>
  }
>() {}
