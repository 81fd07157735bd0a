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
  // SQLite takes the other columns of a group from the row that has the maximum.
  const lasts = database.prepare<TurnRow>("SELECT *, max(ended_at) FROM turn_ends GROUP BY agent_id")
  const counts = database.prepare<Counts>(`
    SELECT agent_id, count(*) AS turns, sum(outcome = 'failed') AS failed
    FROM turn_ends WHERE ended_at >= ? GROUP BY agent_id`)
  return ({ since }) =>
    database.read(() => {
      const counted = new Map(counts.all(since).map((row) => [row.agent_id, row]))
      return lasts.all().map((row) => ({
        agentId: row.agent_id,
        last: turnOf(row),
        turns: counted.get(row.agent_id)?.turns ?? 0,
        failed: counted.get(row.agent_id)?.failed ?? 0
      }))
    })
}
