/** A delivery as it is stored. */
import { Option, Schema } from "effect"
import { Delivery, NO_PROGRESS, Progress } from "../../schemas/Delivery.ts"
import type { OpenDelivery } from "../../services/Outbox.ts"

/** A delivery without an end, as it is stored. */
export interface OutboxRow {
  readonly seq: number
  readonly account_id: string
  readonly delivery_id: string
  readonly attempt: number
  readonly delivery: string
  readonly accepted_at: number
  readonly useful_until: number | null
  readonly progress: string
  readonly withdrawn: string | null
}

/** The columns of such a row. */
export const OUTBOX_ROW =
  "seq, account_id, delivery_id, attempt, delivery, accepted_at, useful_until, progress, withdrawn"

const DeliveryJson = Schema.parseJson(Delivery)
export const encodeDelivery = Schema.encodeSync(DeliveryJson)
export const decodeDelivery = Schema.decodeOption(DeliveryJson)

const ProgressJson = Schema.parseJson(Progress)
export const encodeProgress = Schema.encodeSync(ProgressJson)
const decodeProgress = Schema.decodeOption(ProgressJson)

/** None where it cannot be read: it is damaged, or of a later version. */
export const openOf = (row: OutboxRow): Option.Option<OpenDelivery> =>
  Option.map(decodeDelivery(row.delivery), (delivery) => ({
    seq: row.seq,
    delivery,
    acceptedAt: row.accepted_at,
    usefulUntil: row.useful_until ?? Number.POSITIVE_INFINITY,
    // Where each part is stands with it: of what was known beside that nothing is missed.
    progress: Option.getOrElse(decodeProgress(row.progress), () => NO_PROGRESS),
    ...(row.withdrawn === null ? {} : { withdrawn: row.withdrawn })
  }))
