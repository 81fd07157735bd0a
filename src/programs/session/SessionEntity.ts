/** The session actor: one conversation, one turn at a time. */
import { Entity, type Envelope, type MessageStorage, type Sharding } from "@effect/cluster"
import { Array as Arr, Effect, Layer, type Mailbox, Option } from "effect"
import { type InboundPayload, type InboundRpc, SessionActor } from "../../schemas/Actors.ts"
import { envelopeKey } from "../../schemas/Envelope.ts"
import type { Agent } from "../../services/Agent.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Intake } from "../../services/Intake.ts"
import type { Journal } from "../../services/Journal.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import { makeRunTurn } from "./runTurn.ts"

/** Messages of a session that wait in memory; more wait in the store. */
const MAILBOX_CAPACITY = 32
/** A batch is closed at this size, however fast the next message comes. */
const MAX_BATCH = 50
/** How long an idle session stays in memory. */
const MAX_IDLE = "2 minutes"

const sameChat = (a: InboundPayload, b: InboundPayload): boolean =>
  a.envelope.accountId === b.envelope.accountId && a.envelope.chatId === b.envelope.chatId

type Request = Envelope.Request<InboundRpc>
type Mail = Mailbox.ReadonlyMailbox<Request>

/**
 * The next batch: the first message that waits and, with a debounce, those of the same chat that follow it within
 * that time of each other. A message of another chat ends the batch and is the first of the next one.
 */
const makeNextBatch = (mail: Mail, debounceMs: number) => {
  let carried: Request | undefined
  // The mailbox lives as long as its actor.
  const take = Effect.orDie(mail.take)
  return Effect.gen(function* () {
    const first = carried ?? (yield* take)
    carried = undefined
    const batch: Arr.NonEmptyArray<Request> = [first]
    while (debounceMs > 0 && batch.length < MAX_BATCH) {
      const next = yield* Effect.timeoutOption(take, debounceMs)
      if (Option.isNone(next)) break
      if (!sameChat(first.payload, next.value.payload)) {
        carried = next.value
        break
      }
      batch.push(next.value)
    }
    return batch
  })
}

/** Takes the messages of a session in order and runs their turns, for ever. */
const makeBehaviour = (turns: Effect.Semaphore) =>
  Effect.gen(function* () {
    const { messages } = yield* ConfigService
    const intake = yield* Intake
    const { entityId: sessionKey } = yield* Entity.CurrentAddress
    const runTurn = yield* makeRunTurn(sessionKey, turns)

    return (mail: Mail, replier: Entity.Replier<InboundRpc>) => {
      const nextBatch = makeNextBatch(mail, messages.inbound.debounceMs)
      return Effect.gen(function* () {
        const batch = yield* nextBatch
        yield* runTurn(Arr.map(batch, ({ payload }) => payload))
        for (const request of batch) {
          yield* replier.succeed(request, undefined)
          yield* intake.finished(sessionKey, envelopeKey(request.payload.envelope))
        }
      }).pipe(Effect.forever)
    }
  })

/** `maxConcurrent` agents are asked at once, over all sessions. */
export const layer: Layer.Layer<
  never,
  never,
  Sharding.Sharding | MessageStorage.MessageStorage | ConfigService | Journal | Agent | Lifecycle | Intake
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { agents } = yield* ConfigService
    const turns = yield* Effect.makeSemaphore(agents.maxConcurrent)
    return SessionActor.toLayerMailbox(makeBehaviour(turns), {
      mailboxCapacity: MAILBOX_CAPACITY,
      maxIdleTime: MAX_IDLE
    })
  })
)
