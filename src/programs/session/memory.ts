/** What the agent of a turn remembers, as the turn begins. */
import { Effect } from "effect"
import type { Memory, OpenConversation } from "../../schemas/Conversation.ts"
import { conversationOf } from "../../schemas/conversationOf.ts"
import { said } from "../../schemas/prompt.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Conversations } from "../../services/Conversations.ts"
import type { GroupChat } from "../../services/GroupChats.ts"

/** A conversation, and what this turn asks in it. */
export interface TurnMemory {
  readonly conversation: OpenConversation
  readonly asked: string
  readonly maxExchanges: number
}

export const memoryOf = (memory: TurnMemory): Memory => memory.conversation

/** The function that answers what a turn's agent remembers; nothing where it does so itself, or not at all. */
export const makeRecall = Effect.gen(function* () {
  const config = yield* ConfigService
  const conversations = yield* Conversations

  return (turn: Turn, group: GroupChat | undefined) =>
    Effect.gen(function* () {
      const { agents, people } = yield* config.current
      const agent = agents.list.find(({ id }) => id === turn.agentId)
      if (agent?.memory === undefined) return undefined
      const { maxExchanges, scope } = agent.memory
      const [envelope] = turn.envelopes
      const key = conversationOf({ ...turn, envelope, people, scope, historyId: group?.historyId })
      return {
        conversation: yield* conversations.open(key),
        // As a model is asked: what lies where on this machine is nothing to remember.
        asked: said(turn, agent, ({ name }) => name),
        maxExchanges
      } satisfies TurnMemory
    })
})
