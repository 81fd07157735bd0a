/** Whoever answers: a turn in, replies out. */
import { Context, Data, type Effect } from "effect"
import type { AskedActs } from "../schemas/AgentOutput.ts"
import type { Memory } from "../schemas/Conversation.ts"
import type { AgentError } from "../schemas/errors/agent.ts"
import type { Reply, Turn } from "../schemas/Turn.ts"

/** What an agent is asked. */
export interface Question {
  readonly turn: Turn
  readonly memory: Memory
}

/** What is told of an agent before its end. */
export type Said = Data.TaggedEnum<{
  /**
   * It is one that uses tools, and is given the turn as soon as this is heard: nobody can say from then on what it has
   * done, unless its failure says that it is nothing (see `mayAskAgain`).
   */
  Begin: object
  /** A part of its answer, which goes out at once; the turn is not asked again after it. */
  Say: { readonly reply: Reply }
  /** A sign of life, which is no part of the answer. */
  Interim: { readonly text: string }
}>
export const Said = Data.taggedEnum<Said>()

/** What an agent has answered, after what it said before its end. */
export interface Answer {
  /** None is a valid answer. */
  readonly replies: ReadonlyArray<Reply>
  /** What is done beside, once they are said. */
  readonly acts?: AskedActs
  /** By what the agent itself knows the conversation now, where it says so. */
  readonly reference?: string
}

export class Agent extends Context.Tag("imsg-gateway/Agent")<
  Agent,
  {
    /** Asks the turn's agent once. `say` is called for what it says before its end, in order. */
    readonly ask: (
      question: Question,
      say: (said: Said) => Effect.Effect<void>
    ) => Effect.Effect<Answer, AgentError>
  }
>() {}
