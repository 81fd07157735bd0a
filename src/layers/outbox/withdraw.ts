/** Takes back deliveries that nobody needs any more: what of them was not sent by then is not sent. */
import { Clock, Effect, Option } from "effect"
import type { DeliveryRef, Withdrawn } from "../../services/Outbox.ts"
import type { Database } from "../database/Database.ts"

/** Behind every id that begins with another. */
const AFTER_ALL = "\u{10ffff}"

export const makeWithdraw = (database: typeof Database.Service) => {
  // From now on it is of no use, which gives it its end as soon as it can be taken, with a child or without one.
  const withdraw = database.prepare(`
    UPDATE outbox SET withdrawn = $why, useful_until = min(coalesce(useful_until, $now), $now),
      due_at = min(due_at, $now)
    WHERE account_id = $account AND delivery_id >= $from AND delivery_id < $until AND place <> 'ended'
      AND withdrawn IS NULL`)
  const select = database.prepare<{ readonly withdrawn: string | null }>(`
    SELECT withdrawn FROM outbox WHERE account_id = ? AND delivery_id = ? AND place <> 'ended'
    ORDER BY attempt DESC LIMIT 1`)

  return {
    withdraw: ({ accountId, idsFrom, why }: Withdrawn) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) =>
        database.write(() => {
          const now = Math.trunc(at)
          withdraw.run({ account: accountId, from: idsFrom, until: `${idsFrom}${AFTER_ALL}`, why, now })
        })
      ),
    withdrawal: ({ accountId, id }: DeliveryRef) =>
      database.read(() => Option.fromNullable(select.get(accountId, id)?.withdrawn))
  }
}
