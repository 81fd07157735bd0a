/** Ends of turns, as they are stored. */
import type { DecidedTurn, TurnOutcome } from "../../schemas/Decision.ts"

export interface TurnRow {
  readonly turn_id: string
  readonly agent_id: string
  readonly outcome: TurnOutcome
  readonly ended_at: number
  readonly duration_ms: number
  readonly code: string | null
  readonly reason: string | null
}

export const turnOf = (row: TurnRow): DecidedTurn => ({
  id: row.turn_id,
  agentId: row.agent_id,
  outcome: row.outcome,
  endedAt: row.ended_at,
  durationMs: row.duration_ms,
  ...(row.code === null ? {} : { code: row.code }),
  ...(row.reason === null ? {} : { reason: row.reason })
})
