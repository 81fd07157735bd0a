/** Sending by the gateway's own delivery: durable, in pieces, and known again when it comes back. */
import { Duration, Effect, Fiber, Stream } from "effect"
import { AccountActor } from "../../schemas/Actors.ts"
import type { SendRequest } from "../../schemas/control/Sending.ts"
import { Events } from "../../services/Events.ts"
import { Journal } from "../../services/Journal.ts"
import { accepted } from "../account/accepted.ts"
import { prepare } from "./prepare.ts"
import { resultOf } from "./result.ts"

const WAIT_MS = 30_000

/** Accepts a message for delivery and waits for its end, or for `waitMs`; the delivery goes on after that. */
export const sendThroughGateway = (request: SendRequest) =>
  Effect.gen(function* () {
    const events = yield* Events
    const journal = yield* Journal
    const actor = yield* AccountActor.client
    const prepared = yield* prepare(request)
    const { delivery } = prepared
    const ended = yield* events.stream.pipe(
      Stream.filter(({ event }) => event._tag === "DeliveryEnded" && event.deliveryId === delivery.id),
      Stream.runHead,
      Effect.fork
    )
    // The listener must be there before the delivery can end.
    yield* Effect.yieldNow()
    yield* accepted(actor(delivery.accountId).Deliver(delivery, { discard: true }))
    yield* Fiber.join(ended).pipe(Effect.timeoutOption(Duration.millis(request.waitMs ?? WAIT_MS)))
    yield* Fiber.interrupt(ended)
    return resultOf(prepared, yield* journal.parts(delivery.id))
  })
