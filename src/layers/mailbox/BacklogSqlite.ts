/** The Backlog in the gateway's store. */
import { Effect, Layer } from "effect"
import { Backlog, type BacklogCounts } from "../../services/Backlog.ts"
import { Database } from "../sqlite/Database.ts"

const make = Effect.map(Database, (database) => {
  const select = database.prepare<BacklogCounts>(
    "SELECT count(DISTINCT entity_id) AS busy, count(*) AS messages FROM mailbox WHERE processed = 0"
  )
  const countOfChat = database.prepare<{ readonly count: number }>(`
    SELECT count(*) AS count FROM mailbox
    WHERE processed = 0 AND kind = 'Request' AND entity_type = 'Session' AND lane = ?
      AND seq NOT IN (SELECT seq FROM stopped_messages)`)
  return Backlog.of({
    counts: database.read(() => select.get() ?? { busy: 0, messages: 0 }),
    ofChat: (lane) => database.read(() => countOfChat.get(lane)?.count ?? 0)
  })
})

export const layer: Layer.Layer<Backlog, never, Database> = Layer.effect(Backlog, make)
