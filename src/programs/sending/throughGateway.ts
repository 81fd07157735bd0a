/** Sending by the gateway's own delivery: durable, in pieces, and known again when it comes back. */
import { Duration, Effect, Stream } from "effect"
import { AccountActor } from "../../schemas/Actors.ts"
import type { SendRequest } from "../../schemas/control/Sending.ts"
import { Events } from "../../services/Events.ts"
import { Journal } from "../../services/Journal.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { accepted } from "../account/accepted.ts"
import { prepare } from "./prepare.ts"
import { resultOf } from "./result.ts"

/** How long is waited where the request does not say. */
const WAIT_MS = 30_000

/** Accepts a message for delivery and waits for its end, or for `waitMs`; the delivery goes on after that. */
export const sendThroughGateway = (request: SendRequest) =>
  Effect.gen(function* () {
    const events = yield* Events
    const journal = yield* Journal
    const outboundFiles = yield* OutboundFiles
    const actor = yield* AccountActor.client
    const prepared = yield* prepare(request)
    const { delivery } = prepared
    // Before the delivery can end.
    const heard = yield* events.listen
    // Whoever asked may hang up: it is accepted all the same, or its files are gone.
    yield* accepted(actor(delivery.accountId).Deliver(delivery, { discard: true })).pipe(
      Effect.tapError(() => outboundFiles.release(delivery.id)),
      Effect.uninterruptible
    )
    const result = Effect.map(journal.parts(delivery.id), (records) => resultOf(prepared, records))
    // A name that was given before may be that of a delivery that has ended.
    const before = yield* result
    if (before.state !== "sending") return before
    yield* heard.pipe(
      Stream.filter(({ event }) => event._tag === "DeliveryEnded" && event.deliveryId === delivery.id),
      Stream.runHead,
      Effect.timeoutOption(Duration.millis(request.waitMs ?? WAIT_MS))
    )
    return yield* result
  }).pipe(Effect.scoped)
