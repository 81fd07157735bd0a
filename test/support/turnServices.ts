/** What a turn is run with: services that write down what they are given, and an agent that the test plays. */
import { Deferred, Effect, HashMap, Layer, Option, Ref } from "effect"
import * as ChunkerLive from "../../src/layers/chunker/ChunkerLive.ts"
import * as PresenceLive from "../../src/layers/presence/PresenceLive.ts"
import * as TurnPermitsLive from "../../src/layers/turns/TurnPermitsLive.ts"
import { type Capabilities, NO_CAPABILITIES } from "../../src/schemas/Capabilities.ts"
import type { Remembered } from "../../src/schemas/Conversation.ts"
import type { DecidedTurn } from "../../src/schemas/Decision.ts"
import type { Delivery } from "../../src/schemas/Delivery.ts"
import { NO_PROGRESS } from "../../src/schemas/Delivery.ts"
import type { AgentError } from "../../src/schemas/errors/agent.ts"
import type { GatewayEvent } from "../../src/schemas/GatewayEvent.ts"
import { Agent, type Answer, type Question, type Said } from "../../src/services/Agent.ts"
import { BegunTurns } from "../../src/services/BegunTurns.ts"
import { Budget } from "../../src/services/Budget.ts"
import { Children } from "../../src/services/Children.ts"
import { Conversations } from "../../src/services/Conversations.ts"
import { DeadLetters, type Failure } from "../../src/services/DeadLetters.ts"
import { Decisions } from "../../src/services/Decisions.ts"
import { Events } from "../../src/services/Events.ts"
import { GroupChats } from "../../src/services/GroupChats.ts"
import { GroupHistory } from "../../src/services/GroupHistory.ts"
import { InboundFiles } from "../../src/services/InboundFiles.ts"
import { Lifecycle } from "../../src/services/Lifecycle.ts"
import { OutboundFiles } from "../../src/services/OutboundFiles.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { PairingStore } from "../../src/services/PairingStore.ts"
import { Permissions } from "../../src/services/Permissions.ts"
import { Presence } from "../../src/services/Presence.ts"
import { Router } from "../../src/services/Router.ts"
import { Stops } from "../../src/services/Stops.ts"
import { Transcription } from "../../src/services/Transcription.ts"
import { type Begun, begunTurnsIn } from "./begunTurns.ts"
import { type ConfigFileContent, configLayer } from "./configs.ts"
import { makeChild } from "./fakeImsg.ts"

const unexpected = () => Effect.dieMessage("no turn asks for this")

/** How the agent answers when it is asked for the nth time, from 0. */
export type PlayedAgent = (
  question: Question,
  say: (said: Said) => Effect.Effect<void>,
  nth: number
) => Effect.Effect<Answer, AgentError>

export const makeTurnServices = (
  agent: PlayedAgent,
  config: ConfigFileContent = {},
  {
    capabilities = NO_CAPABILITIES,
    own = []
  }: {
    /** What the child can do. */
    readonly capabilities?: Capabilities
    /** The guids of what the gateway said in the chat. */
    readonly own?: ReadonlyArray<string>
  } = {}
) =>
  Effect.gen(function* () {
    const deliveries = yield* Ref.make<ReadonlyArray<Delivery>>([])
    const remembered = yield* Ref.make<ReadonlyArray<Remembered>>([])
    const letters = yield* Ref.make<ReadonlyArray<Failure>>([])
    const events = yield* Ref.make<ReadonlyArray<GatewayEvent>>([])
    const ends = yield* Ref.make<ReadonlyArray<DecidedTurn>>([])
    const asked = yield* Ref.make(0)
    const begun = yield* Ref.make<Begun>(HashMap.empty())
    const stopped = yield* Deferred.make<void>()
    const add = <A>(ref: Ref.Ref<ReadonlyArray<A>>, one: A) => Ref.update(ref, (all) => [...all, one])

    const child = yield* makeChild()
    const session = { ...child.session, capabilities: Effect.succeed(capabilities) }

    const presence = yield* Effect.provide(Presence, PresenceLive.layer)
    const services = Layer.mergeAll(
      Layer.mock(Children, { of: () => Effect.succeedSome(session) }),
      configLayer(config),
      ChunkerLive.layer,
      TurnPermitsLive.layer,
      Layer.succeed(Presence, presence),
      Layer.succeed(BegunTurns, begunTurnsIn(begun)),
      Layer.succeed(Agent, {
        ask: (question, say) =>
          Effect.flatMap(
            Ref.getAndUpdate(asked, (count) => count + 1),
            (nth) => agent(question, say, nth)
          )
      }),
      Layer.mock(PairingStore, { pending: Effect.succeed([]) }),
      Layer.mock(Permissions, { waiting: Effect.succeed([]) }),
      Layer.mock(Outbox, {
        said: () => Effect.succeed(own.map((guid) => ({ deliveryId: "default:turn", guid, at: 0 }))),
        accept: (delivery, also = {}) =>
          Effect.gen(function* () {
            const all = yield* Ref.get(deliveries)
            if (all.some(({ id }) => id === delivery.id)) return Option.none()
            yield* add(deliveries, delivery)
            if (also.remembered !== undefined) yield* add(remembered, also.remembered)
            const seq = all.length
            return Option.some({ seq, delivery, acceptedAt: 0, usefulUntil: 0, progress: NO_PROGRESS })
          })
      }),
      Layer.mock(Conversations, {
        open: ({ key }) =>
          Effect.map(Ref.get(remembered), (all) => ({
            key,
            number: 1,
            exchanges: all.map(({ exchange }) => exchange)
          })),
        remember: (one) => add(remembered, one)
      }),
      Layer.mock(DeadLetters, { bury: (failure) => add(letters, failure), resolve: () => Effect.void }),
      Layer.mock(Decisions, { turnEnded: (_, turn) => add(ends, turn) }),
      Layer.succeed(Events, {
        publish: (event) => add(events, event),
        unsafePublish: () => undefined,
        listen: unexpected()
      }),
      Layer.mock(Budget, { begin: () => Effect.succeed(undefined), answered: () => Effect.void }),
      Layer.mock(GroupChats, {
        of: (_, chat) =>
          Effect.succeed({ name: `group:${chat.chatId}`, historyId: chat.chatId, chats: [chat] })
      }),
      Layer.mock(GroupHistory, { lastBefore: () => Effect.succeed([]), forget: () => Effect.void }),
      Layer.mock(Router, { withholdsQuote: () => Effect.succeed(false) }),
      Layer.succeed(InboundFiles, { examine: () => Effect.succeed({ attachments: [], withheld: [] }) }),
      Layer.mock(OutboundFiles, {}),
      Layer.mock(Transcription, {}),
      Layer.mock(Lifecycle, { work: (effect) => effect }),
      Layer.mock(Stops, { awaitStop: () => Deferred.await(stopped) })
    )
    return {
      services,
      presence,
      deliveries: Ref.get(deliveries),
      remembered: Ref.get(remembered),
      letters: Ref.get(letters),
      ends: Ref.get(ends),
      /** What is written down of turns that were begun. */
      begun: Effect.map(Ref.get(begun), (all) => Object.fromEntries(HashMap.entries(all))),
      events: Ref.get(events),
      asked: Ref.get(asked),
      /** Somebody says `/stop` in the chat. */
      stop: Deferred.succeed(stopped, undefined)
    }
  })
