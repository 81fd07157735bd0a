/** The children that run, for whoever asks Messages something on a person's behalf. */
import { Context, type Effect, type Option, type Scope } from "effect"
import type { ImsgSession } from "./ImsgProcess.ts"

export class Children extends Context.Tag("imsg-gateway/Children")<
  Children,
  {
    /** A child is the one of its account, until the scope closes or another is. */
    readonly connected: (accountId: string, session: ImsgSession) => Effect.Effect<void, never, Scope.Scope>
    /** The child of an account, if one runs and is subscribed. */
    readonly of: (accountId: string) => Effect.Effect<Option.Option<ImsgSession>>
  }
>() {}
