/** A delivery that comes to nobody, or nobody knows whether it does, as a dead letter. */
import { Effect } from "effect"
import type { Delivery, Reason } from "../../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { DeadLetters } from "../../../services/DeadLetters.ts"

/** Keeps a delivery with its reason until a person decides. */
export const bury = (
  delivery: Delivery,
  { code, message }: Reason
): Effect.Effect<void, StoreUnavailable, DeadLetters> =>
  Effect.flatMap(DeadLetters, (deadLetters) =>
    deadLetters.bury({
      content: { _tag: "Delivery", delivery },
      attempt: delivery.attempt ?? 0,
      code,
      message
    })
  )
