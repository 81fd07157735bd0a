/** The session actor: one conversation, one turn at a time. */
import { Entity, type Envelope, type Sharding } from "@effect/cluster"
import { Clock, Effect, Layer, type Mailbox, Stream } from "effect"
import type { InboundRpc } from "../../schemas/Actors.ts"
import { envelopeKey } from "../../schemas/Envelope.ts"
import { Actors } from "../../services/Actors.ts"
import { onBehalfOfShard } from "../../services/ActsFor.ts"
import type { Agent } from "../../services/Agent.ts"
import type { BegunTurns } from "../../services/BegunTurns.ts"
import type { Budget } from "../../services/Budget.ts"
import type { Children } from "../../services/Children.ts"
import type { Chunker } from "../../services/Chunker.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import type { Conversations } from "../../services/Conversations.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import { Decisions } from "../../services/Decisions.ts"
import type { Events } from "../../services/Events.ts"
import { FlowControl } from "../../services/FlowControl.ts"
import type { GroupChats } from "../../services/GroupChats.ts"
import type { GroupHistory } from "../../services/GroupHistory.ts"
import type { InboundFiles } from "../../services/InboundFiles.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import type { OutboundFiles } from "../../services/OutboundFiles.ts"
import type { Outbox } from "../../services/Outbox.ts"
import type { PairingStore } from "../../services/PairingStore.ts"
import type { PausedChats } from "../../services/PausedChats.ts"
import { PausedLanes } from "../../services/PausedLanes.ts"
import type { Permissions } from "../../services/Permissions.ts"
import type { Presence } from "../../services/Presence.ts"
import type { Router } from "../../services/Router.ts"
import { Stops } from "../../services/Stops.ts"
import type { Transcription } from "../../services/Transcription.ts"
import { TurnMembers } from "../../services/TurnMembers.ts"
import type { TurnPermits } from "../../services/TurnPermits.ts"
import * as FairSemaphore from "../effects/FairSemaphore.ts"
import { stored } from "../effects/stored.ts"
import { makeAwaitAgent } from "./awaitAgent.ts"
import { keyOf, makeNextBatch } from "./batches.ts"
import * as LoopGuard from "./LoopGuard.ts"
import * as Mirrors from "./mirrors.ts"
import { NextBatch } from "./NextBatch.ts"
import { makeRunTurn, type Shared } from "./runTurn.ts"
import { makeTurnEnd } from "./turnEnd.ts"

const MAILBOX_CAPACITY = 128
/** Messages of a session that wait in memory; more wait in the store. */
const WAITING = 24
/**
 * Messages of its paused chats that are held beside them; of one chat those that waited when it was paused. A quarter of
 * the mailbox stays free for messages whose predecessors are not quite gone yet.
 */
const HELD = 72
/** Messages of all sessions that wait in memory, some 25 kB each; of a session of very many it is never less than four. */
export const SHARED = { all: 512, least: 4 }
/** The windows of a session in the store: its chats keep their order among each other unless they are paused. */
export const WINDOW = { actor: WAITING, paused: HELD }
/** How long an idle session stays in memory. */
const MAX_IDLE = "2 minutes"

/** Takes the messages of a session in order and runs their turns, for ever. */
const makeBehaviour = (shared: Shared) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const flowControl = yield* FlowControl
    const turnMembers = yield* TurnMembers
    const stops = yield* Stops
    const deadLetters = yield* DeadLetters
    const decisions = yield* Decisions
    const address = yield* Entity.CurrentAddress
    const { entityId: sessionKey, shardId } = address
    const pausedLanes = yield* PausedLanes
    yield* pausedLanes.resumeAll(address)
    const turnEnd = yield* makeTurnEnd
    const runTurn = yield* makeRunTurn(sessionKey, shared, turnEnd)
    const guard = yield* LoopGuard.make
    const mirrors = yield* Mirrors.make

    return (
      mail: Mailbox.ReadonlyMailbox<Envelope.Request<InboundRpc>>,
      replier: Entity.Replier<InboundRpc>
    ) => {
      const nextBatch = makeNextBatch({
        mail,
        capacity: WAITING + HELD,
        lanes: {
          pause: (chat) => pausedLanes.pause(address, chat),
          resume: (chat) => pausedLanes.resume(address, chat)
        },
        settings: Effect.map(config.current, ({ messages: { inbound, loopGuard } }) => ({
          debounceMs: inbound.debounceMs,
          ...loopGuard
        })),
        guard,
        mirrors,
        turnMembers,
        stops,
        turnEnd
      })
      /** Somebody said so: the letter of a turn that was to be tried again is settled with it. */
      const drop = (requests: ReadonlyArray<Envelope.Request<InboundRpc>>) =>
        Effect.forEach(
          requests,
          ({ payload: { agentId, envelope, retry } }) =>
            Effect.gen(function* () {
              const { accountId, rowId } = envelope
              yield* Effect.logInfo("a message was stopped before it was answered").pipe(
                Effect.annotateLogs({ session: sessionKey, account: accountId, rowId })
              )
              if (retry !== undefined) yield* stored(deadLetters.resolve("Turn", retry.turnId))
              yield* stored(
                decisions.turnEnded(accountId, {
                  id: retry?.turnId ?? envelopeKey(envelope),
                  ...{ agentId, outcome: "stopped", durationMs: 0 },
                  endedAt: yield* Clock.currentTimeMillis
                })
              )
            }),
          { discard: true }
        )
      return Effect.gen(function* () {
        const batch = yield* nextBatch
        yield* NextBatch.$match(batch, {
          Ask: ({ ask }) => runTurn(ask),
          Drop: ({ requests }) => drop(requests)
        })
        for (const request of batch.requests) {
          yield* replier.succeed(request, undefined)
          yield* flowControl.finished(sessionKey, keyOf(request))
        }
      }).pipe(Effect.forever, onBehalfOfShard(shardId.toString()))
    }
  })

/** `maxConcurrent` agents are asked at once, over all sessions. */
export const layer: Layer.Layer<
  never,
  never,
  | Sharding.Sharding
  | Outbox
  | Transcription
  | PausedLanes
  | PausedChats
  | PairingStore
  | Permissions
  | Presence
  | Stops
  | ConfigService
  | TurnMembers
  | BegunTurns
  | TurnPermits
  | GroupHistory
  | GroupChats
  | DeadLetters
  | Decisions
  | Router
  | InboundFiles
  | OutboundFiles
  | Budget
  | Chunker
  | Children
  | Agent
  | Lifecycle
  | FlowControl
  | Events
  | Conversations
  | Stops
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { changes, current } = yield* ConfigService
    const turns = FairSemaphore.make((yield* current).agents.maxConcurrent)
    const follow = Stream.runForEach(changes, ({ agents }) => turns.resize(agents.maxConcurrent))
    const awaitAgent = yield* makeAwaitAgent
    const { session } = yield* Actors
    return Layer.merge(
      session.toLayerMailbox(makeBehaviour({ turns, awaitAgent }), {
        mailboxCapacity: MAILBOX_CAPACITY,
        maxIdleTime: MAX_IDLE
      }),
      Layer.scopedDiscard(Effect.forkScoped(Effect.interruptible(follow)))
    )
  })
)
