/** A database that is replaced while a delivery is not finished. */
import { Effect } from "effect"
import { Database } from "../../src/layers/sqlite/Database.ts"
import type { Delivery } from "../../src/schemas/Delivery.ts"
import { Positions } from "../../src/services/Positions.ts"

/** Puts a delivery into the mailbox of its account, and gives that another database. */
export const strand = (delivery: Delivery) =>
  Effect.gen(function* () {
    const { prepare, write } = yield* Database
    const { begin } = yield* Positions
    const insert = prepare(`
      INSERT INTO mailbox (id, shard, entity_type, entity_id, kind, request_id, envelope)
      VALUES (1, 's', 'Account', ?, 'Request', 1, ?)`)
    yield* write(() => insert.run(delivery.accountId, JSON.stringify({ payload: delivery })))
    yield* begin(delivery.accountId, { rowId: 500, baselineAt: 5 })
    yield* begin(delivery.accountId, { rowId: 0, baselineAt: 6 })
  })
