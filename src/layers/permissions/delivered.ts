/** Whether the question of a request can still reach anybody. */
import { Effect, Stream } from "effect"
import type { PartRecord } from "../../schemas/Delivery.ts"
import type { GatewayEvent, NumberedEvent } from "../../schemas/GatewayEvent.ts"
import type { DeliveryRef, Outbox } from "../../services/Outbox.ts"

/** How a delivery has fared that was not said, and will not be. */
const LOST: ReadonlyArray<string> = ["failed", "expired"]

/** The delivery that an event says is lost. */
const lostIn = (event: GatewayEvent): string | undefined =>
  (event._tag === "DeliveryEnded" || event._tag === "PartSettled") && LOST.includes(event.outcome)
    ? event.deliveryId
    : undefined

/** Ends once every one of some deliveries is lost; never where one is not. */
export const allLost = (
  events: Stream.Stream<NumberedEvent>,
  deliveryIds: ReadonlyArray<string>
): Effect.Effect<void> => {
  const left = new Set(deliveryIds)
  return events.pipe(
    Stream.runForEachWhile(({ event }) =>
      Effect.sync(() => {
        const lost = lostIn(event)
        if (lost !== undefined) left.delete(lost)
        return left.size > 0
      })
    ),
    // The stream ends with the gateway.
    Effect.zipRight(Effect.suspend(() => (left.size > 0 ? Effect.never : Effect.void)))
  )
}

/** Whether a delivery that has its end was not said: one that was too old has no parts. */
const isLost = (parts: ReadonlyArray<PartRecord>): boolean =>
  parts.length === 0 || parts.some(({ state }) => state._tag === "Failed")

/** The same as the store says it, where the host of their account may be another one; where there is none it never ends. */
export const allLostElsewhere = (
  { endedElsewhere, parts }: Outbox["Type"],
  deliveries: ReadonlyArray<DeliveryRef>
): Effect.Effect<void> =>
  Effect.forEach(
    deliveries,
    (delivery) =>
      endedElsewhere(delivery).pipe(
        Effect.zipRight(parts(delivery.id)),
        Effect.flatMap((records) => (isLost(records) ? Effect.void : Effect.never)),
        // The request is over with its time.
        Effect.catchAll(() => Effect.never)
      ),
    { concurrency: "unbounded", discard: true }
  )
