/** How long to wait before a child is started again. */
import type { AccountConfig } from "../../../schemas/Config.ts"

export type BackoffPolicy = AccountConfig["supervision"]["backoff"]

/** Delays are spread by this share to either side, so that accounts that fail together do not retry together. */
const JITTER = 0.2
/** A degraded account waits for a person; it looks this often, as a share of the longest backoff. */
const DEGRADED_SHARE = 0.25

/** `random` is in [0, 1). */
const spread = (millis: number, random: number): number =>
  Math.round(millis * (1 - JITTER + 2 * JITTER * random))

/** The delay before restart `attempt` (from 1) in milliseconds; `maxMs` at most, its spread included. */
export const backoffDelay = (policy: BackoffPolicy, attempt: number, random: number): number =>
  spread(Math.min(policy.maxMs / (1 + JITTER), policy.baseMs * policy.factor ** (attempt - 1)), random)

/** The delay before a degraded account is tried again, in milliseconds. */
export const degradedDelay = (policy: BackoffPolicy, random: number): number =>
  spread(policy.maxMs * DEGRADED_SHARE, random)

/** The number of the next attempt: it starts over once a child has been healthy for long enough. */
export const nextAttempt = (policy: BackoffPolicy, attempt: number, healthyMs: number): number =>
  healthyMs >= policy.resetAfterMs ? 1 : attempt + 1
