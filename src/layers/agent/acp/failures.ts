/** What it means for a turn that an agent does not answer. Pure, but for the time that it is given. */
import { Effect } from "effect"
import {
  type AgentError,
  AgentFailed,
  AgentInterrupted,
  AgentRefused
} from "../../../schemas/errors/agent.ts"
import { RpcFailure } from "./RpcFailure.ts"

/** What the protocol calls them. */
const AUTH_REQUIRED = -32000
const NOT_FOUND = -32002

const MOST_WORDS = 500

/** Gives a request so long, in ms. */
export const within =
  (method: string, afterMs: number) =>
  <A, R>(request: Effect.Effect<A, RpcFailure, R>): Effect.Effect<A, RpcFailure, R> =>
    Effect.timeoutFail(request, {
      duration: afterMs,
      onTimeout: () => RpcFailure.Late({ method, afterMs })
    })

/**
 * Whether it does not know a session that it was asked to go on with. Files that it does not find have the same code: where
 * it has begun to work, it does know it.
 */
export const isUnknownSession = (failure: RpcFailure, sessionId: string): boolean =>
  failure._tag === "Refused" &&
  failure.code === NOT_FOUND &&
  (failure.sessionId === undefined || failure.sessionId === sessionId)

/** Whether it wants somebody to log in first. */
export const isLoginWanted = (failure: RpcFailure): boolean =>
  failure._tag === "Refused" && failure.code === AUTH_REQUIRED

const detailOf = (failure: RpcFailure): string =>
  RpcFailure.$match(failure, {
    Refused: ({ code, method }) => `it answered ${method} with the error ${code}`,
    Ended: ({ detail }) => detail,
    Malformed: ({ method }) => `its answer to ${method} has not the form that the protocol says`,
    Late: ({ afterMs, method }) => `it did not answer ${method} within ${afterMs} ms`
  })

const saidIn = (failure: RpcFailure): string => ("said" in failure ? failure.said.slice(-MOST_WORDS) : "")

const notLoggedIn = (agentId: string, failure: RpcFailure): AgentRefused => {
  const said = saidIn(failure)
  return new AgentRefused({
    agentId,
    detail: "nobody has logged in to it",
    ...(said === "" ? {} : { said }),
    advice:
      "Log in once in a terminal, as the user that the gateway runs as, by the agent's own command (`claude`, `codex login`, `gemini`, …); or give it its key by runtime.env or passEnv: docs/agents.md says which."
  })
}

/** Before it was handed what it is asked: it may be asked again. */
export const beforeWork =
  (agentId: string) =>
  (failure: RpcFailure): AgentError => {
    if (isLoginWanted(failure)) return notLoggedIn(agentId, failure)
    const said = saidIn(failure)
    return new AgentFailed({
      agentId,
      detail: `${detailOf(failure)}, before it was asked anything`,
      ...(said === "" ? {} : { [failure._tag === "Ended" ? "stderr" : "said"]: said })
    })
  }

/** Once it was handed what it is asked nobody can say what it has done: it is not asked again. */
export const inWork =
  (agentId: string) =>
  (failure: RpcFailure): AgentError => {
    // It says so before it does anything.
    if (isLoginWanted(failure)) return notLoggedIn(agentId, failure)
    const said = saidIn(failure)
    return new AgentInterrupted({
      agentId,
      detail: detailOf(failure),
      ...(said === "" ? {} : { said })
    })
  }
