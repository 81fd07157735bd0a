/** The ids of the sessions of an agent's process: each is that of one conversation. */
import { Effect, Exit, Schema, type Scope } from "effect"
import { AgentRefused } from "../../../schemas/errors/agent.ts"
import type { Started } from "./startAgent.ts"

/** How long an agent may take to close a session that is not waited for, in ms. */
const CLOSE_WITHIN_MS = 5000

const sameForTwo = (agentId: string) =>
  new AgentRefused({
    agentId,
    detail: "it gives the same session to two conversations",
    advice:
      "What one person said would reach another. Update the agent, or use another; an agent of its own for each person (bindings) keeps them apart."
  })

export interface SessionIds {
  /** Fails where a session is another conversation's. */
  readonly beFree: (id: string) => Effect.Effect<void, AgentRefused>
  /**
   * Makes it that of one conversation until the scope closes. Where it closes with a failure nobody has the session, and it
   * is closed.
   */
  readonly own: (id: string) => Effect.Effect<void, AgentRefused, Scope.Scope>
  /** Has the agent close it where it can, and waits for nothing. */
  readonly close: (id: string) => Effect.Effect<void>
}

type Agent = Pick<Started, "abilities" | "connection">

/** Has an agent close a session where it can, and waits for it so long, in ms; whatever it answers. */
export const closeSession = ({ abilities, connection }: Agent, sessionId: string, withinMs: number) =>
  abilities.close
    ? connection
        .request("session/close", { sessionId }, Schema.Unknown)
        .pipe(Effect.timeout(withinMs), Effect.ignore)
    : Effect.void

export const makeSessionIds = (agentId: string, agent: Agent, ofProcess: Scope.Scope): SessionIds => {
  const taken = new Set<string>()
  const beFree = (id: string) => Effect.suspend(() => (taken.has(id) ? sameForTwo(agentId) : Effect.void))
  const close = (id: string) =>
    closeSession(agent, id, CLOSE_WITHIN_MS).pipe(
      Effect.interruptible,
      Effect.forkIn(ofProcess),
      Effect.asVoid
    )
  return {
    beFree,
    own: (id) =>
      Effect.acquireRelease(
        Effect.suspend(() => {
          if (taken.has(id)) return sameForTwo(agentId)
          taken.add(id)
          return Effect.void
        }),
        (_, exit) =>
          Effect.suspend(() => {
            taken.delete(id)
            return Exit.isFailure(exit) ? close(id) : Effect.void
          })
      ),
    close
  }
}
