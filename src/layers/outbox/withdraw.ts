/** Takes back deliveries that nobody needs any more: what of them was not sent by then is not sent. */
import { Clock, Effect, Option } from "effect"
import type { DeliveryRef, Standing, Withdrawn } from "../../services/Outbox.ts"
import type { Database } from "../database/Database.ts"
import { map } from "../database/Step.ts"
import { makeTellArrival } from "./arrivals.ts"

/** Behind every id that begins with another. */
const AFTER_ALL = "\u{10ffff}"

interface StandingRow {
  readonly withdrawn: string | null
  readonly stranded: number | null
}

const standingOf = (row: StandingRow | undefined): Standing => ({
  withdrawn: Option.fromNullable(row?.withdrawn),
  isStranded: (row?.stranded ?? null) !== null
})

export const makeWithdraw = (database: typeof Database.Service) => {
  // From now on it is of no use, which gives it its end as soon as it can be taken, with a child or without one.
  const withdraw = database.prepare(`
    UPDATE outbox SET withdrawn = $why,
      useful_until = CASE WHEN useful_until < $now THEN useful_until ELSE $now END,
      due_at = CASE WHEN due_at < $now THEN due_at ELSE $now END
    WHERE account_id = $account AND delivery_id >= $from AND delivery_id < $until AND place <> 'ended'
      AND withdrawn IS NULL`)
  const select = database.prepare<StandingRow>(`
    SELECT
      (SELECT withdrawn FROM outbox WHERE account_id = $account AND delivery_id = $id AND place <> 'ended'
        ORDER BY attempt DESC LIMIT 1) AS withdrawn,
      (SELECT 1 FROM stranded_deliveries WHERE account_id = $account AND delivery_id = $id) AS stranded`)

  const tellArrival = makeTellArrival(database)

  return {
    withdraw: ({ accountId, idsFrom, why }: Withdrawn) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) =>
        database.write(function* () {
          // It is so for every host of a cluster, whose clocks differ.
          const now = database.isShared ? 0 : Math.trunc(at)
          yield* withdraw.run({
            account: accountId,
            from: idsFrom,
            until: `${idsFrom}${AFTER_ALL}`,
            why,
            now
          })
          yield* tellArrival(accountId)
        })
      ),
    standing: ({ accountId, id }: DeliveryRef) =>
      database.read(() => map(select.get({ account: accountId, id }), standingOf))
  }
}
