/** What an agent remembers of what was said before. */
import { Schema } from "effect"

/**
 * Whose conversation it is, with which agent: that of a person (by the name that `people` gives them, else by their
 * handle), of a group (`<accountId>:<its chat_id>`), or of a session (by its key).
 */
export const ConversationKey = Schema.Struct({
  agentId: Schema.String,
  kind: Schema.Literal("person", "group", "session"),
  of: Schema.String
})
export type ConversationKey = typeof ConversationKey.Type

/** What was asked in one turn and what was answered; `answered` is empty where there was nothing to say. */
export const Exchange = Schema.Struct({
  turnId: Schema.String,
  asked: Schema.String,
  answered: Schema.String,
  /** Unix ms. */
  at: Schema.Number
})
export type Exchange = typeof Exchange.Type

/** What is remembered as a turn begins. */
export interface Memory {
  /** Oldest first. */
  readonly exchanges: ReadonlyArray<Exchange>
  /** By what the agent itself knows the conversation; an id of its own making. */
  readonly reference?: string
}

/** Of an agent that remembers nothing, or does so itself. */
export const NO_MEMORY: Memory = { exchanges: [] }

/** A conversation that goes on as long as nobody begins another: `number` changes then, and what is late is not kept. */
export interface OpenConversation extends Memory {
  readonly key: ConversationKey
  readonly number: number
}

/** What a turn adds to a conversation. */
export interface Remembered {
  readonly conversation: Pick<OpenConversation, "key" | "number">
  readonly exchange: Exchange
  readonly reference?: string
  /** How many exchanges are kept at most, the newest. */
  readonly maxExchanges: number
}
