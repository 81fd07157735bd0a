/** When an agent may be started again that did not start, or ended by itself. */
import { Clock, Effect } from "effect"

/** After one failure, and at most; it doubles in between. */
const FIRST_MS = 1000
const MOST_MS = 60_000

export interface Trouble {
  /** How often in a row. */
  readonly failures: number
  /** By the gateway's clock, in Unix ms. */
  readonly lastAt: number
}

/** How long it is still left alone, in ms. */
export const waitOf = ({ failures, lastAt }: Trouble, now: number): number =>
  Math.max(0, lastAt + Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1)) - now)

export interface Troubles {
  /** How long an agent is left alone, in ms, and how often it failed in a row. */
  readonly of: (agentId: string) => Effect.Effect<{ readonly waitMs: number; readonly failures: number }>
  readonly failed: (agentId: string) => Effect.Effect<void>
  readonly isWell: (agentId: string) => Effect.Effect<void>
}

export const makeTroubles = (): Troubles => {
  const troubles = new Map<string, Trouble>()
  return {
    of: (agentId) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const trouble = troubles.get(agentId)
        return trouble === undefined
          ? { waitMs: 0, failures: 0 }
          : { waitMs: waitOf(trouble, now), failures: trouble.failures }
      }),
    failed: (agentId) =>
      Effect.map(Clock.currentTimeMillis, (lastAt) => {
        troubles.set(agentId, { failures: (troubles.get(agentId)?.failures ?? 0) + 1, lastAt })
      }),
    isWell: (agentId) =>
      Effect.sync(() => {
        troubles.delete(agentId)
      })
  }
}
