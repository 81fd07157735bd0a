/** Sending by the gateway's own delivery: durable, in pieces, and known again when it comes back. */
import { Duration, Effect, Option, Stream } from "effect"
import type { SendRequest, SendResult } from "../../schemas/control/Sending.ts"
import type { Delivery } from "../../schemas/Delivery.ts"
import { print } from "../../schemas/Target.ts"
import { Accounts, HOST_AWAY } from "../../services/Accounts.ts"
import { Audit } from "../../services/Audit.ts"
import { Events } from "../../services/Events.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { Outbox } from "../../services/Outbox.ts"
import type { Lanes } from "./Lanes.ts"
import { type FileAccess, type Judged, judge, sentByHand, stage } from "./prepare.ts"
import { resultOf } from "./result.ts"

/** How long is waited where the request does not say. */
const WAIT_MS = 30_000

/** Who asks for a message: on the socket, over TCP, or by a tool. */
export interface Asker extends FileAccess {
  readonly via: "socket" | "web" | "tool"
}

/** How a delivery is accepted and waited for. */
interface Terms<E, R> {
  /** How long is waited for its end. */
  readonly waitMs?: number | undefined
  /** What may still refuse it once its files are there; nothing is asked of what was accepted before. */
  readonly before?: (delivery: Delivery) => Effect.Effect<void, E, R>
}

/** Accepts a delivery, unless one of its name was accepted before: that one's files are not to be touched. */
const accept = <E, R>(
  judged: Judged,
  asker: Asker,
  before: (delivery: Delivery) => Effect.Effect<void, E, R>
) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const { account, id, target } = judged
      const outbox = yield* Outbox
      if (yield* outbox.isAccepted({ accountId: account.id, id })) return
      const outboundFiles = yield* OutboundFiles
      const delivery = yield* restore(stage(judged, asker))
      // Whoever asked may hang up: it is accepted all the same, or its files are gone.
      yield* Effect.zipRight(before(delivery), outbox.accept(delivery)).pipe(
        Effect.tapError(() => outboundFiles.release(id))
      )
      yield* (yield* Audit).record(sentByHand(judged))
      const { publish } = yield* Events
      yield* publish({
        _tag: "SendAccepted",
        deliveryId: id,
        accountId: account.id,
        target: print(target),
        via: asker.via
      })
    })
  )

/** Why nobody sends it now, where no host of a cluster runs its account. */
const waitsFor = ({ account }: Judged) =>
  Effect.gen(function* () {
    const { get } = yield* Accounts
    return Option.flatMap(yield* get(account.id), ({ lastError, reason }) =>
      lastError?.code === HOST_AWAY ? Option.some({ reason, hint: lastError.hint }) : Option.none()
    )
  })

/**
 * Accepts what was judged for delivery and waits for its end, or for `waitMs`; the delivery goes on after that. Requests of
 * one name are taken one by one in `lanes`.
 */
export const deliverThroughGateway = <E = never, R = never>(
  lanes: Lanes,
  asker: Asker,
  judged: Judged,
  { before = () => Effect.void, waitMs = WAIT_MS }: Terms<E, R> = {}
) =>
  Effect.gen(function* () {
    const events = yield* Events
    const outbox = yield* Outbox
    // Before the delivery can end.
    const heard = yield* events.listen
    yield* lanes.run(judged.id, accept(judged, asker, before))
    const result = Effect.map(outbox.parts(judged.id), (records): SendResult => resultOf(judged, records))
    // A name that was given before may be that of a delivery that has ended.
    const known = yield* result
    if (known.state !== "sending") return known
    const waits = yield* waitsFor(judged)
    // It is accepted, and goes out once a host is there: nobody waits for that here.
    if (Option.isSome(waits)) return { ...known, waits: waits.value }
    const endedHere = heard.pipe(
      Stream.filter(({ event }) => event._tag === "DeliveryEnded" && event.deliveryId === judged.id),
      Stream.runHead
    )
    const endedElsewhere = outbox.endedElsewhere({ accountId: judged.account.id, id: judged.id })
    yield* Effect.raceFirst(endedHere, endedElsewhere).pipe(Effect.timeoutOption(Duration.millis(waitMs)))
    return yield* result
  }).pipe(Effect.scoped)

/** The same for what somebody asks for by hand. */
export const sendThroughGateway = (lanes: Lanes, asker: Asker, request: SendRequest) =>
  Effect.flatMap(judge(request), (judged) =>
    deliverThroughGateway(lanes, asker, judged, { waitMs: request.waitMs })
  )
