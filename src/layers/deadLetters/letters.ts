/** What others write about dead letters within a write of their own: all of it is there, or none. */
import type { Database } from "../sqlite/Database.ts"

/** A letter as it is written down. Times are Unix ms. */
interface NewLetter {
  readonly kind: "turn" | "delivery"
  readonly id: string
  readonly accountId: string
  readonly sessionKey: string
  readonly code: string
  readonly message: string
  readonly payload: string
  readonly attempts: number
  readonly buriedAt: number
}

/** Keeps what failed. The same failure is reported again when a crash came after it; what was ordered since stands. */
export const makePutLetter = (database: typeof Database.Service): ((letter: NewLetter) => void) => {
  const put = database.prepare(`
    INSERT INTO dead_letters
      (kind, id, account_id, session_key, code, message, payload, attempts, buried_at)
    VALUES ($kind, $id, $accountId, $sessionKey, $code, $message, $payload, $attempts, $buriedAt)
    ON CONFLICT (kind, id) DO UPDATE SET
      code = excluded.code, message = excluded.message, payload = excluded.payload,
      attempts = excluded.attempts, buried_at = excluded.buried_at, status = 'dead', is_anyway = 0
    WHERE excluded.attempts > attempts`)
  return (letter) => {
    put.run({ ...letter })
  }
}
