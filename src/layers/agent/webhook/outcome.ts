/** What a request that was not answered as it should be means for its turn. Pure. */
import {
  type AgentError,
  AgentInterrupted,
  AgentRefused,
  AgentUnavailable
} from "../../../schemas/errors/agent.ts"
import { retryAfterMs } from "../../http/retryAfter.ts"

/** An answer that is no answer to the turn: its status, its `retry-after`, and the beginning of what it says. */
export interface Refusal {
  readonly status: number
  readonly retryAfter?: string
  readonly said: string
}

/** Who was asked. Those who keep `Idempotency-Key` do nothing twice; n8n and Home Assistant do not look at it. */
export interface Asked {
  readonly agentId: string
  readonly keepsKeys: boolean
}

const adviceFor = (status: number): string => {
  if (status === 401 || status === 403)
    return "Check the runtime's token, secret and headers: who is asked does not accept them."
  if (status === 404 || status === 405 || status === 410) {
    return "Check the runtime's url, and that what answers there is switched on (in n8n a workflow has to be active)."
  }
  if (status >= 300 && status < 400)
    return "Name the address to which it redirects as the runtime's url: redirects are not followed, for what is sent is signed for one."
  return "Look into the log of who is asked: it does not take what the gateway sends. Check the runtime's preset and url."
}

/** Before anything was answered with success. */
export const refusalOf = (
  { agentId, keepsKeys }: Asked,
  { retryAfter, said, status }: Refusal,
  now: number
): AgentError => {
  const detail = `it answered with HTTP ${status}`
  const words = said === "" ? {} : { said }
  if (status < 500 && status !== 429 && status !== 408) {
    return new AgentRefused({ agentId, detail, ...words, advice: adviceFor(status) })
  }
  // These two say that it has not begun.
  if (keepsKeys || status === 429 || status === 503) {
    const after = retryAfterMs(retryAfter, now)
    return new AgentUnavailable({
      agentId,
      detail,
      ...words,
      ...(after === undefined ? {} : { retryAfterMs: after })
    })
  }
  return new AgentInterrupted({ agentId, detail, ...words })
}

const NOT_REACHED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"]

/** Where there was no answer at all; some of what the system says means that nobody has heard of the request. */
export const unreachedOf = ({ agentId, keepsKeys }: Asked, code: string): AgentError =>
  keepsKeys || NOT_REACHED.includes(code)
    ? new AgentUnavailable({ agentId, detail: `it cannot be reached: ${code}` })
    : new AgentInterrupted({ agentId, detail: `the connection broke before its answer: ${code}` })
