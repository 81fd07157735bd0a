/** What was decided of each row of Messages lately, and what came of it. */
import { Context } from "effect"
import type { Counted, DecidedTurn, Decision, Figures } from "../schemas/Decision.ts"
import type { Stored } from "../schemas/errors/store.ts"

/** The last turn of an agent, and how many ended, and failed, since a time. */
export interface AgentTurns {
  readonly agentId: string
  readonly last: DecidedTurn
  readonly turns: number
  readonly failed: number
}

/** Decisions are written with the position that moves past their rows: see `Positions.advance`. */
export class Decisions extends Context.Tag("imsg-gateway/Decisions")<
  Decisions,
  {
    /** A turn of an account has ended; a retry that ends later takes its place. */
    readonly turnEnded: (accountId: string, turn: DecidedTurn) => Stored<void>
    /** The last decisions of an account, or of one of its chats; the newest first. */
    readonly last: (wanted: {
      readonly accountId: string
      readonly chatId?: number | undefined
      readonly limit: number
    }) => Stored<ReadonlyArray<Decision>>
    /** How many rows met each fate, and how many turns ended in each way, as far back as is kept. */
    readonly counts: Stored<ReadonlyArray<Counted>>
    /** The agents that a turn of theirs is known of; turns since a time are counted. */
    readonly agents: (wanted: { readonly since: number }) => Stored<ReadonlyArray<AgentTurns>>
    /** What happened since a time, in spans of `spanMs` up to `until`, oldest first, those without anything too. */
    readonly figures: (wanted: {
      readonly since: number
      readonly until: number
      readonly spanMs: number
    }) => Stored<ReadonlyArray<Figures>>
  }
>() {}
