/** The outbox in the gateway's store. */
import { Effect, Layer, Option } from "effect"
import { Outbox, type SettledPart, type WaitingDelivery } from "../../services/Outbox.ts"
import { Database } from "../database/Database.ts"
import { map } from "../database/Step.ts"
import { makeAccept } from "./accept.ts"
import { makeArrivals, makeEndedElsewhere } from "./arrivals.ts"
import { makeParts } from "./parts.ts"
import { makeQueue } from "./queue.ts"
import { decodeDelivery, OUTBOX_ROW, type OutboxRow } from "./rows.ts"
import { makeSaid } from "./said.ts"
import { makeWithdraw } from "./withdraw.ts"

/** What cannot be read is set aside once its turn comes. */
const waitingOf = (row: OutboxRow): Option.Option<WaitingDelivery> =>
  Option.map(decodeDelivery(row.delivery), ({ accountId, id, target }) => ({
    ...{ id, accountId, target, acceptedAt: row.accepted_at }
  }))

const make = Effect.gen(function* () {
  const database = yield* Database
  const { accept, retry } = makeAccept(database)
  const { standing, withdraw } = makeWithdraw(database)
  const { arrival, heard } = yield* makeArrivals(database)
  const isKnown = database.prepare("SELECT 1 FROM outbox WHERE account_id = ? AND delivery_id = ? LIMIT 1")
  const count = database.prepare<{ readonly account_id: string; readonly open: number }>(
    "SELECT account_id, count(*) AS open FROM outbox WHERE place <> 'ended' GROUP BY account_id"
  )
  const selectOpen = database.prepare<OutboxRow>(
    `SELECT ${OUTBOX_ROW} FROM outbox WHERE place <> 'ended' ORDER BY seq LIMIT ?`
  )
  const selectSettled = database.prepare<SettledPart>(`
    SELECT delivery_id AS "deliveryId", part_index AS "index", account_id AS "accountId",
      CASE state WHEN 'LeftOut' THEN 'left-out' ELSE lower(state) END AS state,
      guid, detail, settled_at AS "settledAt"
    FROM parts WHERE settled_at IS NOT NULL
    ORDER BY settled_at DESC, delivery_id DESC, part_index DESC LIMIT ?`)

  return Outbox.of({
    accept: (delivery, also = {}) => heard(delivery.accountId, accept(delivery, also)),
    withdraw: (deliveries) => heard(deliveries.accountId, withdraw(deliveries)),
    standing,
    retry: (letter) => heard(letter.content.delivery.accountId, retry(letter)),
    isAccepted: ({ accountId, id }) =>
      database.read(() => map(isKnown.get(accountId, id), (row) => row !== undefined)),
    arrival,
    endedElsewhere: makeEndedElsewhere(database),
    ...makeQueue(database),
    ...makeParts(database),
    said: makeSaid(database),
    counts: database.read(() =>
      map(count.all(), (rows) => new Map(rows.map(({ account_id, open }) => [account_id, open])))
    ),
    waiting: (limit) =>
      database.read(() =>
        map(selectOpen.all(limit), (rows) => rows.flatMap((row) => Option.toArray(waitingOf(row))))
      ),
    settled: (limit) => database.read(() => selectSettled.all(limit))
  })
})

export const layer: Layer.Layer<Outbox, never, Database> = Layer.scoped(Outbox, make)
