/** What is told of a delivery, with its times. */
import { Clock, Effect } from "effect"
import type { Delivery, FinalState, PartRecord } from "../../../schemas/Delivery.ts"
import type { GatewayEvent } from "../../../schemas/GatewayEvent.ts"
import { STATE_NAMES } from "../../../schemas/partWords.ts"
import { print } from "../../../schemas/Target.ts"
import { Events } from "../../../services/Events.ts"
import type { OpenDelivery } from "../../../services/Outbox.ts"

/** How a delivery ended. */
export type Outcome = Extract<GatewayEvent, { readonly _tag: "DeliveryEnded" }>["outcome"]

const subjectOf = ({ accountId, id, target }: Delivery) => ({
  deliveryId: id,
  accountId,
  target: print(target)
})

/** Tells of the end of a part that was begun at a time (Unix ms). */
export const tellPart = (
  delivery: Delivery,
  { index, part }: PartRecord,
  state: FinalState,
  begunAt: number
): Effect.Effect<void, never, Events> =>
  Effect.gen(function* () {
    const { unsafePublish } = yield* Events
    const now = yield* Clock.currentTimeMillis
    unsafePublish({
      _tag: "PartSettled",
      ...subjectOf(delivery),
      index,
      outcome: STATE_NAMES[state._tag],
      ...(state._tag === "Sent" && state.guid !== undefined ? { guid: state.guid } : {}),
      ...(part._tag === "Text" ? { text: part.text } : {}),
      durationMs: now - begunAt
    })
  })

/** Tells of the end of a delivery. */
export const tellEnd = (
  { acceptedAt, delivery }: OpenDelivery,
  outcome: Outcome
): Effect.Effect<void, never, Events> =>
  Effect.gen(function* () {
    const { unsafePublish } = yield* Events
    const now = yield* Clock.currentTimeMillis
    unsafePublish({
      _tag: "DeliveryEnded",
      ...subjectOf(delivery),
      outcome,
      durationMs: Math.max(0, now - acceptedAt)
    })
  })
