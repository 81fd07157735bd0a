/** Decisions that are old, or more than are kept. */
import type { Database } from "../database/Database.ts"
import type { Answer, Query } from "../database/Step.ts"

/** Of each account the last decisions are kept, and of all accounts the ends of the last turns: a year of a busy phone. */
export const MOST_KEPT = 20_000

/** The functions that remove some that are older than a time (Unix ms) or too many, and say how many those were. */
export const makeForgetDecisions = (database: typeof Database.Service) => {
  const oldRows = database.prepare(`
    DELETE FROM decisions WHERE (account_id, row_id) IN
      (SELECT account_id, row_id FROM decisions WHERE at < ? ORDER BY at LIMIT ?)`)
  // Of each account the newest row that is not kept. By itself: within the other statement PostgreSQL seeks it for every row.
  const surplusUpTo = database.prepare<{ readonly account_id: string; readonly up_to: number | null }>(`
    SELECT account_id, (
      SELECT row_id FROM decisions WHERE decisions.account_id = accounts.account_id
      ORDER BY row_id DESC LIMIT 1 OFFSET ${MOST_KEPT}) AS up_to
    FROM (SELECT DISTINCT account_id FROM decisions) AS accounts`)
  const rowsUpTo = database.prepare(`
    DELETE FROM decisions WHERE (account_id, row_id) IN (
      SELECT account_id, row_id FROM decisions WHERE account_id = ? AND row_id <= ? ORDER BY row_id LIMIT ?)`)
  const oldTurns = database.prepare(`
    DELETE FROM turn_ends WHERE turn_id IN
      (SELECT turn_id FROM turn_ends WHERE ended_at < ? ORDER BY ended_at LIMIT ?)`)
  const surplusTurns = database.prepare(`
    DELETE FROM turn_ends WHERE turn_id IN (
      SELECT turn_id FROM turn_ends WHERE ended_at <= (
        SELECT ended_at FROM turn_ends ORDER BY ended_at DESC LIMIT 1 OFFSET ${MOST_KEPT}) LIMIT ?)`)

  return {
    ofRows: function* (before: number, limit: number): Generator<Query, number, Answer> {
      let { changes: removed } = yield* oldRows.run(before, limit)
      if (removed === limit) return removed
      for (const { account_id, up_to } of yield* surplusUpTo.all()) {
        if (up_to === null || removed === limit) continue
        removed += (yield* rowsUpTo.run(account_id, up_to, limit - removed)).changes
      }
      return removed
    },
    ofTurns: function* (before: number, limit: number): Generator<Query, number, Answer> {
      const { changes: removed } = yield* oldTurns.run(before, limit)
      return removed === limit ? removed : removed + (yield* surplusTurns.run(limit - removed)).changes
    }
  }
}
