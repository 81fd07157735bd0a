/** Life on the terminal that a gateway runs on, and in a log what came of turns and deliveries. */
import { Clock, Effect, FiberRef, Layer, LogLevel, Option, Stream } from "effect"
import { forTerminal } from "../../../layers/terminal/forTerminal.ts"
import type { GatewayEvent } from "../../../schemas/GatewayEvent.ts"
import { personInWords } from "../../../schemas/naming.ts"
import { Children } from "../../../services/Children.ts"
import { type ConfigService, currentConfig } from "../../../services/ConfigService.ts"
import { Events } from "../../../services/Events.ts"
import { listChats } from "../../chats/Listed.ts"
import { lifeLine } from "./lifeText.ts"

/** Chats of which a name is looked for, and how often, in ms: a child has better things to do. */
const CHATS = 200
const LOOK_EVERY_MS = 600_000
const LOOK_WITHIN_MS = 5000

/** What chats are called, asked of the child of their account when one comes up that is not known. */
const makeChatNames = Effect.map(Children, (children) => {
  const names = new Map<string, string>()
  const looked = new Map<string, number>()
  const keyOf = (accountId: string, chatId: number) => `${accountId} ${chatId}`

  const look = (accountId: string) =>
    Effect.gen(function* () {
      const session = yield* children.of(accountId)
      if (Option.isNone(session)) return
      const chats = yield* listChats(session.value, { limit: CHATS, timeoutMs: LOOK_WITHIN_MS })
      for (const { id, isGroup, name, participants } of chats) {
        const called = name ?? (isGroup ? undefined : participants[0])
        if (called !== undefined) names.set(keyOf(accountId, id), called)
      }
    }).pipe(Effect.ignore)

  return {
    nameOf: (accountId: string, chatId: number) => names.get(keyOf(accountId, chatId)),
    /** Learns whose a chat is. */
    learn: (accountId: string, chatId: number, name: string) => {
      names.set(keyOf(accountId, chatId), name)
    },
    /** Looks for what is not known. */
    lookFor: (accountId: string, chatId: number) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        if (
          names.has(keyOf(accountId, chatId)) ||
          now - (looked.get(accountId) ?? -LOOK_EVERY_MS) < LOOK_EVERY_MS
        )
          return
        looked.set(accountId, now)
        yield* look(accountId)
      })
  }
})

/** The chat that an event names, where it is a group or only its number is said. */
const chatOf = (event: GatewayEvent): number | undefined => {
  if (event._tag === "MessageJudged") return event.fate.startsWith("group-") ? event.chatId : undefined
  const target = "target" in event ? event.target : "chat" in event ? event.chat : ""
  const id = /^chat_id:(\d+)$/u.exec(target)?.[1]
  return id === undefined ? undefined : Number(id)
}

const forPeople = Effect.gen(function* () {
  const chats = yield* makeChatNames
  return (event: GatewayEvent) =>
    Effect.gen(function* () {
      const { accounts, people } = yield* currentConfig
      if (event._tag === "MessageJudged" && event.fate.startsWith("dm-") && event.sender !== undefined) {
        if (event.chatId !== undefined)
          chats.learn(event.accountId, event.chatId, personInWords(people, event.sender))
      }
      const chatId = chatOf(event)
      if (chatId !== undefined && "accountId" in event) yield* chats.lookFor(event.accountId, chatId)
      const enabled = accounts.filter((account) => account.enabled)
      const line = lifeLine(event, { people, accounts: enabled, chatName: chats.nameOf })
      if (line !== undefined) yield* forTerminal(Effect.logInfo(line))
    })
})

/** Nobody's handle and nobody's words: a log is kept. What was decided of rows, each account says itself. */
const forMachines = (event: GatewayEvent) => {
  if (event._tag === "TurnBegun") {
    const { accountId: account, agentId: agent, sessionKey: session, turnId: turn } = event
    return Effect.annotateLogs(Effect.logDebug("an agent is asked"), { account, agent, session, turn })
  }
  if (event._tag === "TurnEnded") {
    const { accountId: account, agentId: agent, durationMs, outcome, turnId: turn } = event
    return Effect.annotateLogs(Effect.logDebug("a turn has ended"), {
      account,
      agent,
      turn,
      outcome,
      durationMs
    })
  }
  if (event._tag === "DeliveryEnded") {
    const { accountId: account, deliveryId: delivery, durationMs, outcome } = event
    return Effect.annotateLogs(Effect.logDebug("a delivery has ended"), {
      account,
      delivery,
      outcome,
      durationMs
    })
  }
  return Effect.void
}

/**
 * Says what happens: on a terminal in a line each at level info, which is in no log file; elsewhere at level debug, where
 * a group that talks all day would fill the log otherwise.
 */
export const layer = (isOnTerminal: boolean): Layer.Layer<never, never, Events | Children | ConfigService> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const minimum = yield* FiberRef.get(FiberRef.currentMinimumLogLevel)
      if (LogLevel.greaterThan(minimum, isOnTerminal ? LogLevel.Info : LogLevel.Debug)) return
      const events = yield* (yield* Events).listen
      const say = isOnTerminal ? yield* forPeople : forMachines
      yield* Effect.forkScoped(Effect.interruptible(Stream.runForEach(events, ({ event }) => say(event))))
    })
  )
