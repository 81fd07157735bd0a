/** What agents that work for a turn may ask of the gateway themselves: the chat of that turn, while it runs. */
import { Context, type Effect, type Option, type Redacted, type Scope } from "effect"
import type { Grant } from "../schemas/Grant.ts"
import type { Turn } from "../schemas/Turn.ts"

/** A token of a session of an agent, which is worth nothing but during its turns. */
export interface AgentToken {
  readonly token: Redacted.Redacted<string>
  /** Makes it worth the chat of a turn until the scope closes, or `rest`. A session has one turn at a time. */
  readonly duringTurn: (turn: Turn) => Effect.Effect<void, never, Scope.Scope>
  /** Makes it worth nothing until the next turn: of one that is stopped, before the agent has obeyed. */
  readonly rest: Effect.Effect<void>
}

export class AgentAccess extends Context.Tag("imsg-gateway/AgentAccess")<
  AgentAccess,
  {
    /** Makes a token for an agent, which is forgotten when the scope closes. It is kept nowhere. */
    readonly issue: (agentId: string) => Effect.Effect<AgentToken, never, Scope.Scope>
    /** What the token of a digest (see `digestOf`) is worth now: between turns no chat at all, and none once it is forgotten. */
    readonly find: (digest: string) => Effect.Effect<Option.Option<Grant>>
  }
>() {}
