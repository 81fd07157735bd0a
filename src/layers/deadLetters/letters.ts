/** What others write about dead letters within a write of their own: all of it is there, or none. */
import type { Database } from "../database/Database.ts"
import { map, type Step } from "../database/Step.ts"

/** A letter as it is written down. Times are Unix ms. */
interface NewLetter {
  readonly kind: "turn" | "delivery"
  readonly id: string
  readonly accountId: string
  readonly sessionKey: string
  readonly code: string
  readonly message: string
  /** All that is known of it, with what an agent said. */
  readonly report?: string | undefined
  readonly payload: string
  readonly attempts: number
  readonly buriedAt: number
}

/** Keeps what failed. The same failure is reported again when a crash came after it; what was ordered since stands. */
export const makePutLetter = (database: typeof Database.Service): ((letter: NewLetter) => Step<void>) => {
  const put = database.prepare(`
    INSERT INTO dead_letters
      (kind, id, account_id, session_key, code, message, report, payload, attempts, buried_at)
    VALUES ($kind, $id, $accountId, $sessionKey, $code, $message, $report, $payload, $attempts, $buriedAt)
    ON CONFLICT (kind, id) DO UPDATE SET
      code = excluded.code, message = excluded.message, report = excluded.report, payload = excluded.payload,
      attempts = excluded.attempts, buried_at = excluded.buried_at, status = 'dead', is_anyway = 0
    WHERE excluded.attempts > dead_letters.attempts`)
  return (letter) => map(put.run({ ...letter, report: letter.report ?? null }), () => {})
}

/** Begins the retry of a letter that is ordered, of so many failures; says whether it was ordered. */
export const makeBeginRetry = (
  database: typeof Database.Service
): ((number: number, attempts: number) => Step<boolean>) => {
  // A retry can be over, and have failed, before its beginning is written down.
  const begin = database.prepare(
    "UPDATE dead_letters SET status = 'retrying' WHERE number = ? AND status = 'asked' AND attempts = ?"
  )
  return (number, attempts) => map(begin.run(number, attempts), ({ changes }) => changes > 0)
}
