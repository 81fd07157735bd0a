/** Replies that come later than the answer to a request: an agent took the turn, and says what it has to say when it can. */
import { Context, type Effect, type Scope } from "effect"
import type { AgentOutput } from "../schemas/AgentOutput.ts"
import type { TurnNotAwaited } from "../schemas/errors/agent.ts"

export class LateReplies extends Context.Tag("imsg-gateway/LateReplies")<
  LateReplies,
  {
    /** From now on, until the scope closes, what answers a turn may come; the effect that is answered waits for it. */
    readonly expect: (turnId: string) => Effect.Effect<Effect.Effect<AgentOutput>, never, Scope.Scope>
    /** Gives it to whoever waits for it, once. */
    readonly give: (turnId: string, output: AgentOutput) => Effect.Effect<void, TurnNotAwaited>
  }
>() {}
