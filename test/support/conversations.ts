/** Conversations for tests. */
import { Effect } from "effect"
import type { Asking, Exchange, OpenConversation, Remembered } from "../../src/schemas/Conversation.ts"
import { Conversations } from "../../src/services/Conversations.ts"

/** How many exchanges are kept where a test says nothing else. */
const MOST = 100

/** Somebody who writes to the agent `main` by themselves. */
export const person = (of: string, ...handles: ReadonlyArray<string>): Asking => ({
  key: { agentId: "main", kind: "person", of },
  handles: handles.length === 0 ? [of] : handles
})

/** Those who share a session of the agent `main`. */
export const session = (...handles: ReadonlyArray<string>): Asking => ({
  key: { agentId: "main", kind: "session", of: "agent:main:main" },
  handles
})

export const group = (of: string): Asking => ({ key: { agentId: "main", kind: "group", of }, handles: [] })

export const open = (asking: Asking, maxExchanges = MOST) =>
  Effect.flatMap(Conversations, (conversations) => conversations.open(asking, { maxExchanges }))

/** What a turn brings to a conversation: its question, and what it was answered. */
export const brought = (
  conversation: Pick<OpenConversation, "key" | "number">,
  exchange: Partial<Exchange> & Pick<Exchange, "turnId">,
  rest: Partial<Pick<Remembered, "reference" | "maxExchanges">> = {}
): Remembered => ({
  conversation,
  exchange: {
    asked: `asked ${exchange.turnId}`,
    answered: `answered ${exchange.turnId}`,
    at: 1000,
    ...exchange
  },
  maxExchanges: MOST,
  ...rest
})

/** Somebody has said something, in turns of these ids. */
export const say = (asking: Asking, ...turnIds: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { remember } = yield* Conversations
    const conversation = yield* open(asking)
    for (const turnId of turnIds) yield* remember(brought(conversation, { turnId }))
    return conversation
  })

/** The turns that are remembered as somebody asks, oldest first. */
export const turnsOf = (asking: Asking, maxExchanges?: number) =>
  Effect.map(open(asking, maxExchanges), ({ exchanges }) => exchanges.map(({ turnId }) => turnId))
