/** What an agent remembers of what was said before. */
import { Schema } from "effect"

/**
 * Whose conversation it is, with which agent: that of a person (by the name that `people` gives them, else by their
 * handle), of a group (by what stands for it in the keys of its sessions), or of a session (by its key).
 */
export const ConversationKey = Schema.Struct({
  agentId: Schema.String,
  kind: Schema.Literal("person", "group", "session"),
  of: Schema.String
})
export type ConversationKey = typeof ConversationKey.Type

/** Of a question as it is kept, in bytes of UTF-8. */
export const ASKED_BYTES = 64 * 1024
/** Of an answer as it is kept, in bytes of UTF-8. */
export const ANSWERED_BYTES = 256 * 1024
/** Of all that is kept of one conversation, in bytes of UTF-8: the oldest exchanges go first, whole. */
export const CONVERSATION_BYTES = 1024 * 1024

/**
 * What was asked in one turn and what was answered, as far as it is known by now; `answered` is empty where there was
 * nothing to say.
 */
export const Exchange = Schema.Struct({
  turnId: Schema.String,
  asked: Schema.String,
  answered: Schema.String,
  /** When it was answered, by the gateway's clock, in Unix ms. */
  at: Schema.Number
})
export type Exchange = typeof Exchange.Type

/** What is remembered as a turn begins. */
export interface Memory {
  /** Oldest first. */
  readonly exchanges: ReadonlyArray<Exchange>
  /** By what the agent itself knows the conversation; an id of its own making. */
  readonly reference?: string
  /** Which conversation it is, where it is one that goes on; never given twice. */
  readonly number?: number
}

/** Of an agent that remembers nothing, or does so itself. */
export const NO_MEMORY: Memory = { exchanges: [] }

/**
 * Who asks in which conversation. `handles` are those whose words it holds, beside what agents say: of a person all that
 * are theirs, of a session those who write; of a group, in which everybody hears everybody, none.
 */
export interface Asking {
  readonly key: ConversationKey
  readonly handles: ReadonlyArray<string>
}

/**
 * A conversation that goes on as long as nobody begins another. `number` is never given twice: what comes late, for one
 * that is over, is not kept.
 */
export interface OpenConversation extends Memory {
  readonly key: ConversationKey
  readonly number: number
}

/** A conversation as an owner sees it, without anybody's words. Times are Unix ms. */
export interface KnownConversation {
  readonly number: number
  readonly key: ConversationKey
  readonly exchanges: number
  readonly beganAt: number
  readonly lastAt: number
}

/** What a turn adds to a conversation. */
export interface Remembered {
  readonly conversation: Pick<OpenConversation, "key" | "number">
  /**
   * There is one of each turn. A turn that speaks before its end gives it again with each piece, with all that was
   * answered by then: the longest answer stands, so that a piece which comes again takes nothing away.
   */
  readonly exchange: Exchange
  /** Absent where the agent says none: the one before stands. One of more than 512 characters is not kept. */
  readonly reference?: string
  /** How many exchanges are kept at most, the newest. */
  readonly maxExchanges: number
}
