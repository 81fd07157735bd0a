/** What is told of a delivery, with its times. */
import { Clock, Effect } from "effect"
import type { Delivery, PartRecord } from "../../schemas/Delivery.ts"
import type { GatewayEvent } from "../../schemas/GatewayEvent.ts"
import { print } from "../../schemas/Target.ts"
import { Events } from "../../services/Events.ts"
import type { Accepted, Settled } from "./sendPart.ts"

type Ended = Extract<GatewayEvent, { readonly _tag: "DeliveryEnded" }>
/** How a delivery ended. */
export type Outcome = Ended["outcome"]

const OUTCOMES = { Sent: "sent", Uncertain: "uncertain", Failed: "failed" } as const

const subjectOf = ({ accountId, id, target }: Delivery) => ({
  deliveryId: id,
  accountId,
  target: print(target)
})

/** Settles a part, and tells of its end; of one that had it before nothing is told again. */
export const tellingOfPart = <E, R>(
  delivery: Delivery,
  { index, part, state: before }: PartRecord,
  settle: Effect.Effect<Settled, E, R>
): Effect.Effect<Settled, E, R | Events> =>
  Effect.gen(function* () {
    const { unsafePublish } = yield* Events
    const begunAt = yield* Clock.currentTimeMillis
    const settled = yield* settle
    const { state } = settled
    if (before._tag !== "Queued" && before._tag !== "Sending") return settled
    unsafePublish({
      _tag: "PartSettled",
      ...subjectOf(delivery),
      index,
      outcome: OUTCOMES[state._tag],
      ...(state._tag === "Sent" && state.guid !== undefined ? { guid: state.guid } : {}),
      ...(part._tag === "Text" ? { text: part.text } : {}),
      durationMs: (yield* Clock.currentTimeMillis) - begunAt
    })
    return settled
  })

/** Tells of the end of a delivery. */
export const tellEnd = ({ acceptedAt, delivery }: Accepted, outcome: Outcome) =>
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
