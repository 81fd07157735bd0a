/** What the agent of a turn remembers, as the turn begins. */
import { Effect } from "effect"
import type { OpenConversation } from "../../schemas/Conversation.ts"
import { said } from "../../schemas/prompt.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Conversations } from "../../services/Conversations.ts"
import type { Batch } from "./batch.ts"
import { makeConversationOf } from "./conversationOf.ts"

/** A conversation, and what this turn asks in it. */
export interface TurnMemory {
  readonly conversation: OpenConversation
  readonly asked: string
  readonly maxExchanges: number
}

/** The function that answers what a turn's agent remembers; nothing where it does so itself, or not at all. */
export const makeRecall = (sessionKey: string) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const conversations = yield* Conversations
    const conversationOf = yield* makeConversationOf

    return (turn: Turn, batch: Batch) =>
      Effect.gen(function* () {
        const { agents } = yield* config.current
        const agent = agents.list.find(({ id }) => id === turn.agentId)
        if (agent?.memory === undefined) return undefined
        const { maxExchanges, scope } = agent.memory
        return {
          conversation: yield* conversations.open(yield* conversationOf(sessionKey, batch, scope), {
            maxExchanges
          }),
          // As a model is asked: what lies where on this machine is nothing to remember.
          asked: said(turn, agent, ({ name }) => name),
          maxExchanges
        } satisfies TurnMemory
      })
  })
