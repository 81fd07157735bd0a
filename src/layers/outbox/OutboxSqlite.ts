/** The outbox in the gateway's store. */
import { Clock, Effect, Layer, Option } from "effect"
import { type Delivery, NO_PROGRESS } from "../../schemas/Delivery.ts"
import { targetKey } from "../../schemas/Target.ts"
import { type AcceptedWith, Outbox, type SettledPart, type WaitingDelivery } from "../../services/Outbox.ts"
import { makeRemember } from "../conversations/remember.ts"
import { Database } from "../sqlite/Database.ts"
import { makeParts } from "./parts.ts"
import { decodeDelivery, encodeDelivery, makeQueue, NEVER, OUTBOX_ROW, type OutboxRow } from "./queue.ts"

const waitingOf = (row: OutboxRow): WaitingDelivery => {
  const { accountId, id, target } = decodeDelivery(row.delivery)
  return { id, accountId, target, acceptedAt: row.accepted_at }
}

/** What is opened once something was accepted, for each account. */
const makeLatches = () => {
  const latches = new Map<string, Effect.Latch>()
  return (accountId: string): Effect.Latch => {
    const latch = latches.get(accountId) ?? Effect.unsafeMakeLatch(false)
    latches.set(accountId, latch)
    return latch
  }
}

/** Writes deliveries down, each with what is remembered of it. */
const makeAccept = (database: typeof Database.Service) => {
  const add = database.prepare<{ readonly seq: number }>(`
    INSERT INTO outbox (account_id, delivery_id, attempt, chat, delivery, accepted_at, due_at, useful_until, place)
    SELECT $account, $id, $attempt, $chat, $delivery, $now, $now, $usefulUntil, CASE WHEN EXISTS (
      SELECT 1 FROM outbox WHERE account_id = $account AND chat = $chat AND place <> 'ended')
      THEN 'behind' ELSE 'first' END
    WHERE true ON CONFLICT (account_id, delivery_id, attempt) DO NOTHING RETURNING seq`)
  const remember = makeRemember(database)
  return (delivery: Delivery, { giveUpAt = NEVER, remembered }: AcceptedWith) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      database.write(() => {
        const { accountId, attempt = 0, expiresAt = NEVER, id, target } = delivery
        const usefulUntil = Math.trunc(Math.min(expiresAt, giveUpAt))
        const added = add.get({
          ...{
            account: accountId,
            id,
            attempt,
            chat: targetKey(target),
            delivery: encodeDelivery(delivery),
            now
          },
          usefulUntil: usefulUntil === NEVER ? null : usefulUntil
        })
        if (added !== undefined && remembered !== undefined) remember(remembered)
        return Option.map(Option.fromNullable(added), ({ seq }) => ({
          ...{ seq, delivery, acceptedAt: now, usefulUntil, progress: NO_PROGRESS }
        }))
      })
    )
}

const make = Effect.gen(function* () {
  const database = yield* Database
  const accept = makeAccept(database)
  const latchOf = makeLatches()
  const isKnown = database.prepare("SELECT 1 FROM outbox WHERE account_id = ? AND delivery_id = ? LIMIT 1")
  const count = database.prepare<{ readonly account_id: string; readonly open: number }>(
    "SELECT account_id, count(*) AS open FROM outbox WHERE place <> 'ended' GROUP BY account_id"
  )
  const selectOpen = database.prepare<OutboxRow>(
    `SELECT ${OUTBOX_ROW} FROM outbox WHERE place <> 'ended' ORDER BY seq LIMIT ?`
  )
  const selectSettled = database.prepare<SettledPart>(`
    SELECT delivery_id AS deliveryId, part_index AS "index", account_id AS accountId, lower(state) AS state,
      guid, detail, settled_at AS settledAt
    FROM parts WHERE settled_at IS NOT NULL ORDER BY settled_at DESC LIMIT ?`)

  return Outbox.of({
    accept: (delivery, also = {}) =>
      // Once it is written its sender hears of it.
      Effect.uninterruptible(
        Effect.zipLeft(
          accept(delivery, also),
          Effect.suspend(() => latchOf(delivery.accountId).open)
        )
      ),
    isAccepted: ({ accountId, id }) => database.read(() => isKnown.get(accountId, id) !== undefined),
    arrival: (accountId) =>
      Effect.suspend(() => {
        const latch = latchOf(accountId)
        return Effect.asVoid(Effect.zipRight(latch.await, latch.close))
      }),
    ...makeQueue(database),
    ...makeParts(database),
    counts: database.read(() => new Map(count.all().map(({ account_id, open }) => [account_id, open]))),
    waiting: (limit) => database.read(() => selectOpen.all(limit).map(waitingOf)),
    settled: (limit) => database.read(() => selectSettled.all(limit))
  })
})

export const layer: Layer.Layer<Outbox, never, Database> = Layer.effect(Outbox, make)
