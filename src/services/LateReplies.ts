/** Replies that come later than the answer to a request: an agent took the turn, and says what it has to say when it can. */
import { Context, type Effect, type Scope } from "effect"
import type { TurnNotAwaited } from "../schemas/errors/agent.ts"
import type { Reply } from "../schemas/Turn.ts"

export class LateReplies extends Context.Tag("imsg-gateway/LateReplies")<
  LateReplies,
  {
    /** From now on, until the scope closes, the replies to a turn may come; the answer waits for them. */
    readonly expect: (
      turnId: string
    ) => Effect.Effect<Effect.Effect<ReadonlyArray<Reply>>, never, Scope.Scope>
    /** Gives the replies to whoever waits for them, once. */
    readonly give: (turnId: string, replies: ReadonlyArray<Reply>) => Effect.Effect<void, TurnNotAwaited>
  }
>() {}
