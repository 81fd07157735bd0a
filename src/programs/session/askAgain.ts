/** When an agent that failed is asked again by itself: twice, after pauses that grow, and not before it wants to be. */
import { Duration, Schedule } from "effect"
import type { AgentError } from "../../schemas/errors/agent.ts"

const RETRIES = 2
/** A session waits meanwhile: who wants to be left alone for longer has failed. */
const LONGEST_WISH_MS = 300_000

const wishOf = (error: AgentError): Duration.Duration =>
  Duration.millis(error._tag === "AgentUnavailable" ? Math.min(error.retryAfterMs ?? 0, LONGEST_WISH_MS) : 0)

export const askAgain = Schedule.identity<AgentError>().pipe(
  Schedule.zipLeft(Schedule.jittered(Schedule.exponential("1 second", 3))),
  Schedule.zipLeft(Schedule.recurs(RETRIES)),
  Schedule.modifyDelay((error, delay) => Duration.max(delay, wishOf(error)))
)
