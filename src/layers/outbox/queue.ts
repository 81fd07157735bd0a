/** The order in which deliveries go out: of each chat of an account the first can, unless it waits. */
import { Clock, Effect, Option } from "effect"
import type { Progress } from "../../schemas/Delivery.ts"
import { LONGEST_PAUSE_MS } from "../../schemas/partPause.ts"
import type { DeliveryRef, OpenDelivery, Wanted } from "../../services/Outbox.ts"
import type { Database } from "../database/Database.ts"
import { map } from "../database/Step.ts"
import { makeTellEnd } from "./arrivals.ts"
import { makeEnd } from "./ends.ts"
import { encodeProgress, OUTBOX_ROW, type OutboxRow } from "./rows.ts"
import { makeReadable } from "./unreadable.ts"

/** Later than all. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** Without a child there is nothing to do but to give up what is too old, and nobody needs that to the moment. */
const LOOK_AGAIN_MS = 1000

/** Hands deliveries out and takes what became of them. */
export const makeQueue = (database: typeof Database.Service) => {
  const of = "FROM outbox WHERE account_id = ? AND place = 'first'"
  const notInHand = "seq NOT IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
  const firstBy = (column: string, compare: string) =>
    database.prepare<OutboxRow>(`
      SELECT ${OUTBOX_ROW} ${of} AND ${column} ${compare} ? AND due_at <= ? AND ${notInHand}
      ORDER BY ${column}, seq LIMIT 1`)
  const firstDue = firstBy("due_at", "<=")
  // What never paused is due whatever its host's clock said when it was accepted, and no pause is as long as this one.
  const firstOutOfTime = database.prepare<OutboxRow>(`
    SELECT ${OUTBOX_ROW} ${of} AND due_at > ? AND (due_at = accepted_at OR due_at > ?) AND ${notInHand}
    ORDER BY due_at, seq LIMIT 1`)
  const firstTooOld = firstBy("accepted_at", "<=")
  const firstOfNoUse = firstBy("useful_until", "<=")
  const selectDueAt = database.prepare<{ readonly at: number }>(
    `SELECT due_at AS at ${of} AND ${notInHand} ORDER BY due_at LIMIT 1`
  )
  const selectOpen = database.prepare<OutboxRow>(`
    SELECT ${OUTBOX_ROW} FROM outbox WHERE account_id = ? AND delivery_id = ? AND place <> 'ended'
    ORDER BY attempt DESC LIMIT 1`)
  const setPause = database.prepare("UPDATE outbox SET due_at = ?, progress = ? WHERE seq = ?")
  const endPauses = database.prepare(
    "UPDATE outbox SET due_at = ? WHERE account_id = ? AND place = 'first' AND due_at > ?"
  )
  const end = makeEnd(database)
  const tellEnd = makeTellEnd(database)
  const readableOf = makeReadable(database)

  return {
    find: ({ accountId, id }: DeliveryRef) => readableOf(() => selectOpen.get(accountId, id)),
    next: ({ accountId, forChildMs, without }: Wanted, now: number) => {
      const inHand = JSON.stringify(without)
      return readableOf(function* () {
        return forChildMs === 0
          ? ((yield* firstDue.get(accountId, now, NEVER, inHand)) ??
              (yield* firstOutOfTime.get(accountId, now, now + LONGEST_PAUSE_MS, inHand)))
          : ((yield* firstOfNoUse.get(accountId, now, now, inHand)) ??
              (yield* firstTooOld.get(accountId, now - forChildMs, now, inHand)))
      })
    },
    nextAt: ({ accountId, forChildMs, without }: Wanted, now: number) =>
      database.read(() =>
        map(selectDueAt.get(accountId, JSON.stringify(without)), (row) =>
          Option.map(Option.fromNullable(row), ({ at }) =>
            forChildMs === 0 ? Math.min(at, now + LONGEST_PAUSE_MS) : now + LOOK_AGAIN_MS
          )
        )
      ),
    pause: ({ seq }: OpenDelivery, until: number, progress: Progress) =>
      Effect.asVoid(database.write(() => setPause.run(Math.trunc(until), encodeProgress(progress), seq))),
    resumeAll: (accountId: string) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.asVoid(database.write(() => endPauses.run(now, accountId, now)))
      ),
    end: ({ delivery, seq }: OpenDelivery) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(function* () {
          yield* end(seq, delivery.id, now)
          yield* tellEnd(delivery)
        })
      )
  }
}
