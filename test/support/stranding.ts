/** A database that is replaced while a delivery is not finished. */
import { Effect } from "effect"
import type { Delivery } from "../../src/schemas/Delivery.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { Positions } from "../../src/services/Positions.ts"

/** Puts a delivery into the outbox of its account, and gives that another database. */
export const strand = (delivery: Delivery) =>
  Effect.gen(function* () {
    const { accept } = yield* Outbox
    const { begin } = yield* Positions
    yield* accept(delivery)
    yield* begin(delivery.accountId, { rowId: 500, baselineAt: 5 })
    yield* begin(delivery.accountId, { rowId: 0, baselineAt: 6 })
  })
