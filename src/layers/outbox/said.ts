/** What was said in a chat, by the guids of its rows. */
import { type Target, targetKey } from "../../schemas/Target.ts"
import type { SaidRow } from "../../services/Outbox.ts"
import type { Database } from "../database/Database.ts"
import { forEach } from "../database/Step.ts"

export const makeSaid = (database: typeof Database.Service) => {
  const selectDeliveries = database.prepare<{ readonly delivery_id: string }>(
    "SELECT delivery_id FROM outbox WHERE account_id = ? AND chat = ? ORDER BY seq DESC LIMIT ?"
  )
  const selectRows = database.prepare<SaidRow>(`
    SELECT delivery_id AS "deliveryId", guid, settled_at AS at FROM parts
    WHERE delivery_id = ? AND state = 'Sent' AND guid IS NOT NULL ORDER BY part_index`)
  return (accountId: string, target: Target, limit: number) =>
    database.read(function* () {
      const deliveries = yield* selectDeliveries.all(accountId, targetKey(target), limit)
      // A retry is a delivery of the same name.
      const newestLast = [...new Set(deliveries.map(({ delivery_id }) => delivery_id))].reverse()
      return (yield* forEach(newestLast, (id) => selectRows.all(id))).flat().slice(-limit)
    })
}
