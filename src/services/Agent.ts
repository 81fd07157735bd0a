/** Whoever answers: a turn in, replies out. */
import { Context, type Effect } from "effect"
import type { AgentFailed, AgentTimeout } from "../schemas/errors/agent.ts"
import type { Reply, Turn } from "../schemas/Turn.ts"

export class Agent extends Context.Tag("imsg-gateway/Agent")<
  Agent,
  {
    /** Asks the turn's agent once. No reply is a valid answer. */
    readonly ask: (turn: Turn) => Effect.Effect<ReadonlyArray<Reply>, AgentFailed | AgentTimeout>
  }
>() {}
