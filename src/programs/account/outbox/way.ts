/** A part of a delivery on its way, with all that it needs. */
import type { Delivery, PartRecord } from "../../../schemas/Delivery.ts"
import type { FairSemaphore } from "../../effects/FairSemaphore.ts"
import type { AccountContext } from "../AccountContext.ts"
import type { Terms } from "./part.ts"

/** A part of a delivery, and what it is sent through. */
export interface Way {
  readonly context: AccountContext
  /** Lets a single send of the account be under way: a child carries them out one by one anyway. */
  readonly turn: FairSemaphore
  readonly delivery: Delivery
  readonly record: PartRecord
  readonly terms: Terms
}
