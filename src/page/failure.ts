/** Why something was not done. Pure. */
import type { AccountReport } from "../schemas/control/Status.ts"

/** The code of a request that the gateway, which may be well, did not answer in time. */
const TIMED_OUT = "timed_out"

/** What the gateway refused, or that it could not be asked. `status` is 0 where no answer came. */
export class RequestFailed extends Error {
  readonly status: number
  readonly hint: string
  /** The failure's code; empty where the gateway could not be reached. */
  readonly code: string
  constructor(status: number, message: string, hint: string, code = "") {
    super(message)
    this.status = status
    this.hint = hint
    this.code = code
  }
  /** Whether the gateway could not be reached: a request that took too long says nothing of others. */
  get isUnreachable(): boolean {
    return this.status === 0 && this.code !== TIMED_OUT
  }
}

/** What a request that threw `error` failed of; `patienceMs` is how long it was waited for. */
export const unanswered = (error: unknown, method: string, patienceMs: number): RequestFailed =>
  error instanceof Error && error.name === "TimeoutError"
    ? new RequestFailed(
        0,
        `the gateway did not answer within ${patienceMs / 1000} s`,
        method === "GET" ? "" : "It may still be at it: look whether it was done before you do it again.",
        TIMED_OUT
      )
    : new RequestFailed(
        0,
        "the gateway did not answer",
        "Is it running? The page tries to reach it again by itself."
      )

/** Whether a failure means that the gateway is lost: one that did not reach it, or that its own state was not told. */
export const meansLost = (error: RequestFailed, isLifeline: boolean): boolean =>
  error.isUnreachable || (isLifeline && error.code === TIMED_OUT)

/** What the gateway would answer for an account whose child does not run; it need not be asked for that. */
export const notRunning = ({ id, lastError }: AccountReport): RequestFailed =>
  new RequestFailed(409, `the account ${id} has no imsg that runs`, lastError?.hint ?? "")
