/** What people and agents said, in the table of parts: it leaves the store once nothing can send it any more. */
import { Schema } from "effect"
import { Part } from "../../schemas/Delivery.ts"
import type { Database } from "../database/Database.ts"
import { map, type Step } from "../database/Step.ts"

/** In the place of a part whose words are gone; its state stays, by which it is not sent again. */
export const WORDLESS = Schema.encodeSync(Schema.parseJson(Part))({ _tag: "Text", text: "" })

/** Parts that are settled keep their words for as long as a dead letter may want them sent. */
const IS_FORGETTABLE = `
  settled_at IS NOT NULL AND part <> '${WORDLESS}' AND NOT EXISTS (
    SELECT 1 FROM dead_letters WHERE kind = 'delivery' AND id = delivery_id AND status <> 'dropped')`

/** Forgets the words of a delivery that has ended, within a write of its caller. */
export const makeForgetWords = (database: typeof Database.Service): ((deliveryId: string) => Step<void>) => {
  const forget = database.prepare(
    `UPDATE parts SET part = '${WORDLESS}' WHERE delivery_id = ? AND ${IS_FORGETTABLE}`
  )
  return (deliveryId) => map(forget.run(deliveryId), () => {})
}
