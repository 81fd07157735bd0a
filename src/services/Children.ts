/** The children that run, for whoever asks Messages something on a person's behalf. */
import { Context, type Effect, type Option, type Scope } from "effect"
import type { Capabilities } from "../schemas/Capabilities.ts"
import type { AccountNotRunning } from "../schemas/errors/control.ts"
import type { Method } from "../schemas/ImsgMethod.ts"
import type { Build, ImsgSession, RequestError } from "./ImsgProcess.ts"

/** How a question to a child fails: as a request does, or since the host of the child gives no answer. */
export type AskError = RequestError | AccountNotRunning

/**
 * A child as it is asked: a session is one, and so is what stands for the child of another host. `E` is how a question
 * fails, which is a matter of where the child is.
 */
export interface Askable<E extends AskError = AskError> {
  readonly build: Pick<Build, "version" | "methods">
  /** What it can do now beside reading and sending; nothing where its host does not say. */
  readonly capabilities: Effect.Effect<Capabilities>
  /** Sends a request that only reads, and waits for its response for `timeoutMs`, and a little for its host. */
  readonly request: <P extends object, A, I>(
    method: Method<P, A, I>,
    params: P,
    timeoutMs: number
  ) => Effect.Effect<A, E>
}

export class Children extends Context.Tag("imsg-gateway/Children")<
  Children,
  {
    /** A child is the one of its account, until the scope closes or another is. */
    readonly connected: (accountId: string, session: ImsgSession) => Effect.Effect<void, never, Scope.Scope>
    /** The child of an account, if one runs and is subscribed, wherever that is. */
    readonly of: (accountId: string) => Effect.Effect<Option.Option<Askable>>
  }
>() {}
