/** Decisions that are old, or more than are kept. */
import type { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"

/** Of each account the last decisions are kept, and of all accounts the ends of the last turns: a year of a busy phone. */
export const MOST_KEPT = 20_000

/** The functions that remove some that are older than a time (Unix ms) or too many, and say how many those were. */
export const makeForgetDecisions = (database: typeof Database.Service) => {
  const oldRows = database.prepare(`
    DELETE FROM decisions WHERE (account_id, row_id) IN
      (SELECT account_id, row_id FROM decisions WHERE at < ? ORDER BY at LIMIT ?)`)
  const surplusRows = database.prepare(`
    DELETE FROM decisions WHERE (account_id, row_id) IN (
      SELECT surplus.account_id, decisions.row_id FROM (
        SELECT account_id, (
          SELECT row_id FROM decisions WHERE decisions.account_id = accounts.account_id
          ORDER BY row_id DESC LIMIT 1 OFFSET ${MOST_KEPT}) AS up_to
        FROM (SELECT DISTINCT account_id FROM decisions) AS accounts) AS surplus
      JOIN decisions ON decisions.account_id = surplus.account_id AND decisions.row_id <= surplus.up_to
      LIMIT ?)`)
  const oldTurns = database.prepare(`
    DELETE FROM turn_ends WHERE turn_id IN
      (SELECT turn_id FROM turn_ends WHERE ended_at < ? ORDER BY ended_at LIMIT ?)`)
  const surplusTurns = database.prepare(`
    DELETE FROM turn_ends WHERE turn_id IN (
      SELECT turn_id FROM turn_ends WHERE ended_at <= (
        SELECT ended_at FROM turn_ends ORDER BY ended_at DESC LIMIT 1 OFFSET ${MOST_KEPT}) LIMIT ?)`)

  const both = (
    old: typeof oldRows,
    surplus: typeof oldRows
  ): ((before: number, limit: number) => Step<number>) =>
    function* (before, limit) {
      const { changes: removed } = yield* old.run(before, limit)
      return removed < limit ? removed + (yield* surplus.run(limit - removed)).changes : removed
    }

  return { ofRows: both(oldRows, surplusRows), ofTurns: both(oldTurns, surplusTurns) }
}
