/** The session actor: one conversation, one turn at a time. */
import { Entity, type Envelope, type MessageStorage, type Sharding } from "@effect/cluster"
import { Array as Arr, Effect, Equal, Layer, type Mailbox, Option } from "effect"
import { type InboundPayload, type InboundRpc, SessionActor } from "../../schemas/Actors.ts"
import { envelopeKey, replyTarget } from "../../schemas/Envelope.ts"
import { targetKey } from "../../schemas/Target.ts"
import type { Agent } from "../../services/Agent.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import type { InboundFiles } from "../../services/InboundFiles.ts"
import { Intake } from "../../services/Intake.ts"
import { Journal } from "../../services/Journal.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import type { OutboundFiles } from "../../services/OutboundFiles.ts"
import type { Router } from "../../services/Router.ts"
import { stored } from "../stored.ts"
import { makeRunTurn } from "./runTurn.ts"

/** Messages of a session that wait in memory; more wait in the store. */
const MAILBOX_CAPACITY = 32
/** A batch is closed at this size, however fast the next message comes. */
const MAX_BATCH = 20
/** How long an idle session stays in memory. */
const MAX_IDLE = "2 minutes"

const sameChat = (a: InboundPayload, b: InboundPayload): boolean =>
  a.envelope.accountId === b.envelope.accountId &&
  targetKey(replyTarget(a.envelope)) === targetKey(replyTarget(b.envelope))

type Request = Envelope.Request<InboundRpc>
type Mail = Mailbox.ReadonlyMailbox<Request>

interface NextBatch {
  readonly turnId: string
  readonly requests: Arr.NonEmptyReadonlyArray<Request>
}

const keyOf = ({ payload }: Request): string => envelopeKey(payload.envelope)

/**
 * The next batch: the first message that waits and, with a debounce, those of the same chat that follow it within
 * that time of each other. What else comes ends the batch and is the first of the next one.
 *
 * A batch that can have several messages is written down before its agent is asked, and after a crash it is made of
 * the same messages again: a turn that was answered is then known by its id, and no other message with it.
 */
const makeNextBatch = (mail: Mail, debounceMs: number, journal: typeof Journal.Service) => {
  let carried: Request | undefined
  // The mailbox lives as long as its actor.
  const take = Effect.orDie(mail.take)
  return Effect.gen(function* () {
    const first = carried ?? (yield* take)
    carried = undefined
    if (debounceMs === 0) return { turnId: keyOf(first), requests: [first] } satisfies NextBatch
    const before = yield* stored(journal.turnOf(keyOf(first)))
    const belongs = (request: Request) =>
      Effect.map(
        stored(journal.turnOf(keyOf(request))),
        (turn) => Equal.equals(turn, before) && sameChat(first.payload, request.payload)
      )
    const requests: Arr.NonEmptyArray<Request> = [first]
    while (requests.length < MAX_BATCH) {
      const next = yield* Effect.timeoutOption(take, debounceMs)
      if (Option.isNone(next)) break
      if (!(yield* belongs(next.value))) {
        carried = next.value
        break
      }
      requests.push(next.value)
    }
    const turnId = Option.getOrElse(before, () => keyOf(first))
    if (Option.isNone(before)) yield* stored(journal.beginTurn(turnId, requests.map(keyOf)))
    return { turnId, requests } satisfies NextBatch
  })
}

/** Takes the messages of a session in order and runs their turns, for ever. */
const makeBehaviour = (turns: Effect.Semaphore) =>
  Effect.gen(function* () {
    const { messages } = yield* ConfigService
    const intake = yield* Intake
    const journal = yield* Journal
    const { entityId: sessionKey } = yield* Entity.CurrentAddress
    const runTurn = yield* makeRunTurn(sessionKey, turns)

    return (mail: Mail, replier: Entity.Replier<InboundRpc>) => {
      const nextBatch = makeNextBatch(mail, messages.inbound.debounceMs, journal)
      return Effect.gen(function* () {
        const { requests, turnId } = yield* nextBatch
        yield* runTurn(
          turnId,
          Arr.map(requests, ({ payload }) => payload)
        )
        for (const request of requests) {
          yield* replier.succeed(request, undefined)
          yield* intake.finished(sessionKey, keyOf(request))
        }
      }).pipe(Effect.forever)
    }
  })

/** `maxConcurrent` agents are asked at once, over all sessions. */
export const layer: Layer.Layer<
  never,
  never,
  | Sharding.Sharding
  | MessageStorage.MessageStorage
  | ConfigService
  | Journal
  | Router
  | InboundFiles
  | OutboundFiles
  | Agent
  | Lifecycle
  | Intake
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
