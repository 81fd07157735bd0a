/** The Backlog in the gateway's store. */
import { Effect, Layer } from "effect"
import { Backlog, type BacklogCounts } from "../../services/Backlog.ts"
import { Database } from "../sqlite/Database.ts"

const make = Effect.map(Database, (database) => {
  const select = database.prepare<BacklogCounts>(
    "SELECT count(DISTINCT entity_id) AS busy, count(*) AS messages FROM mailbox WHERE processed = 0"
  )
  return Backlog.of({
    counts: database.read(() => select.get() ?? { busy: 0, messages: 0 })
  })
})

export const layer: Layer.Layer<Backlog, never, Database> = Layer.effect(Backlog, make)
