/** What waits in the mailboxes, as it lies in the gateway's store. */
import { Effect, Layer } from "effect"
import { type MailboxCounts, Mailboxes } from "../../services/Mailboxes.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

const make = Effect.map(Database, (database) => {
  const select = database.prepare<MailboxCounts>(
    "SELECT count(DISTINCT entity_id) AS busy, count(*) AS messages FROM mailbox WHERE processed = 0"
  )
  const countOfChat = database.prepare<{ readonly count: number }>(`
    SELECT count(*) AS count FROM mailbox
    WHERE processed = 0 AND kind = 'Request' AND entity_type = 'Session' AND lane = ?
      AND seq NOT IN (SELECT seq FROM stopped_messages)`)
  return Mailboxes.of({
    counts: database.read(() => Step.map(select.get(), (counts) => counts ?? { busy: 0, messages: 0 })),
    ofChat: (lane) => database.read(() => Step.map(countOfChat.get(lane), (row) => row?.count ?? 0))
  })
})

export const layer: Layer.Layer<Mailboxes, never, Database> = Layer.effect(Mailboxes, make)
