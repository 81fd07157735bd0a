/** How agents did: their last turns, and how many of them failed lately. */
import type { Decisions } from "../../services/Decisions.ts"
import type { Database } from "../database/Database.ts"
import { type TurnRow, turnOf } from "./turns.ts"

interface Counts {
  readonly agent_id: string
  readonly turns: number
  readonly failed: number
}

export const makeAgents = (database: typeof Database.Service): Decisions["Type"]["agents"] => {
  // More than one of an agent where several ended in the same moment.
  const lasts = database.prepare<TurnRow>(`
    SELECT turn_ends.* FROM (
      SELECT agent_id, max(ended_at) AS ended_at FROM turn_ends GROUP BY agent_id) AS last
    JOIN turn_ends ON turn_ends.ended_at = last.ended_at AND turn_ends.agent_id = last.agent_id
    ORDER BY turn_ends.agent_id, turn_ends.turn_id`)
  const counts = database.prepare<Counts>(`
    SELECT agent_id, count(*) AS turns, count(*) FILTER (WHERE outcome = 'failed') AS failed
    FROM turn_ends WHERE ended_at >= ? GROUP BY agent_id`)
  return ({ since }) =>
    database.read(function* () {
      const counted = new Map((yield* counts.all(since)).map((row) => [row.agent_id, row]))
      const last = new Map((yield* lasts.all()).map((row) => [row.agent_id, row]))
      return Array.from(last.values(), (row) => ({
        agentId: row.agent_id,
        last: turnOf(row),
        turns: counted.get(row.agent_id)?.turns ?? 0,
        failed: counted.get(row.agent_id)?.failed ?? 0
      }))
    })
}
