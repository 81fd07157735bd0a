/**
 * Turns that an agent with tools was given, so that it is not given them again after the gateway ended in their midst:
 * nobody can say what it has done by then. They are known by their messages, for after a crash these may come in other
 * turns than before.
 */
import { Context } from "effect"
import type { Stored } from "../schemas/errors/store.ts"

/** The messages of a turn, by their envelope keys. `attempt` counts its retries, from 0: each is begun anew. */
export interface TurnMessages {
  readonly keys: ReadonlyArray<string>
  readonly attempt: number
}

export class BegunTurns extends Context.Tag("imsg-gateway/BegunTurns")<
  BegunTurns,
  {
    /** Writes down that the agent is given these messages now. */
    readonly begin: (turn: TurnMessages) => Stored<void>
    /** The agent has done nothing with them after all: it may be given them again. */
    readonly takeBack: (turn: TurnMessages) => Stored<void>
    /** The agent is done with them, and leaves nothing else by which that could be known. */
    readonly end: (turn: TurnMessages) => Stored<void>
    /** What is known of them: `over` where it is of all, `begun` where any of them was begun, `unbegun` otherwise. */
    readonly stateOf: (turn: TurnMessages) => Stored<"unbegun" | "begun" | "over">
  }
>() {}
