/** Commands about what is answered in the chat where they are given. */
import { Array as Arr, Effect, Option } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import { type Envelope, replyTarget } from "../../../schemas/Envelope.ts"
import { targetKey } from "../../../schemas/Target.ts"
import type { Verdict } from "../../../schemas/Verdict.ts"
import { Accounts } from "../../../services/Accounts.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { Conversations } from "../../../services/Conversations.ts"
import { DeadLetters } from "../../../services/DeadLetters.ts"
import { GroupHistory } from "../../../services/GroupHistory.ts"
import { Mailboxes } from "../../../services/Mailboxes.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { PairingStore } from "../../../services/PairingStore.ts"
import { PausedChats } from "../../../services/PausedChats.ts"
import { Permissions } from "../../../services/Permissions.ts"
import { Stops } from "../../../services/Stops.ts"
import { makeHistoryOf } from "../../session/batch.ts"
import * as chatLane from "../../session/chatLane.ts"
import { makeConversationOf } from "../../session/conversationOf.ts"
import * as words from "./words.ts"

/** A command that may be given, and where it was. */
export type Order = Extract<Verdict, { readonly _tag: "Command" }>

/** The function that answers which agent an order would have gone to; none where the config has it no more. */
const makeAgentOf = Effect.map(
  ConfigService,
  ({ current }) =>
    ({ agentId }: Order) =>
      Effect.map(current, ({ agents }) => agents.list.find(({ id }) => id === agentId))
)

/** What ends and begins: each answers what is said of it. */
export const makeStopping = Effect.gen(function* () {
  const stops = yield* Stops
  const conversations = yield* Conversations
  const conversationOf = yield* makeConversationOf
  const historyOf = yield* makeHistoryOf
  const groupHistory = yield* GroupHistory
  const agentOf = yield* makeAgentOf

  const stopAll = (envelope: Envelope) => stops.stop(chatLane.chatOf(envelope))

  /** Also what was said there and not answered is over. */
  const beginAnother = (
    envelope: Envelope,
    { agentId, isGroup, sessionKey }: Order,
    { memory }: AgentConfig
  ) =>
    Effect.gen(function* () {
      const { accountId, rowId } = envelope
      const batch = Arr.of({ agentId, envelope, isGroup })
      const chatId = yield* historyOf(batch)
      if (chatId !== undefined) yield* groupHistory.forget({ accountId, chatId, upToRowId: rowId })
      if (memory === undefined) return
      const { key } = yield* conversationOf(sessionKey, batch, memory.scope)
      yield* conversations.beginAnother(key)
    })

  return {
    stop: (envelope: Envelope) => Effect.map(stopAll(envelope), words.stopped),
    /** What runs is stopped before: its answer would be remembered in the conversation that begins. */
    begin: (envelope: Envelope, order: Order) =>
      Effect.gen(function* () {
        const agent = yield* agentOf(order)
        const stopped = yield* stopAll(envelope)
        if (agent !== undefined) yield* beginAnother(envelope, order, agent)
        return words.begunAnew(agent, stopped)
      })
  }
})

/** How things are: to an owner, where nobody else hears it, of all chats. */
export const makeStatus = Effect.gen(function* () {
  const accounts = yield* Accounts
  const mailboxes = yield* Mailboxes
  const pausedChats = yield* PausedChats
  const outbox = yield* Outbox
  const pairing = yield* PairingStore
  const deadLetters = yield* DeadLetters
  const permissions = yield* Permissions
  const agentOf = yield* makeAgentOf

  const ofChat = (envelope: Envelope, order: Order) =>
    Effect.gen(function* () {
      const { accountId } = envelope
      const account = yield* accounts.get(accountId)
      const pause = yield* pausedChats.get({ accountId, chat: targetKey(replyTarget(envelope)) })
      return words.chatStatus({
        agent: yield* agentOf(order),
        accountId,
        state: Option.getOrUndefined(account)?.state,
        waiting: yield* mailboxes.ofChat(chatLane.chatOf(envelope)),
        isPaused: Option.isSome(pause)
      })
    })

  const ofAll = Effect.gen(function* () {
    const letters = yield* deadLetters.counts
    const queued = yield* outbox.counts
    return words.totals({
      accounts: yield* accounts.all,
      messages: (yield* mailboxes.counts).messages,
      replies: [...queued.values()].reduce((sum, count) => sum + count, 0),
      requests: (yield* pairing.pending).length,
      leave: (yield* permissions.waiting).length,
      paused: (yield* pausedChats.all).length,
      letters: letters.turns + letters.deliveries + letters.uncertain
    })
  })

  return (envelope: Envelope, order: Order) =>
    order.allowed.includes("Pairing")
      ? Effect.map(Effect.all([ofChat(envelope, order), ofAll]), (parts) => parts.join("\n\n"))
      : ofChat(envelope, order)
})
