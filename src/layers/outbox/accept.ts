/** How deliveries get into the outbox: the first time, and again. */
import { Clock, Effect, Option } from "effect"
import type { DeadDelivery, DeadLetter } from "../../schemas/DeadLetter.ts"
import { type Delivery, NO_PROGRESS } from "../../schemas/Delivery.ts"
import { targetKey } from "../../schemas/Target.ts"
import type { AcceptedWith, OpenDelivery } from "../../services/Outbox.ts"
import { makeRemember } from "../conversations/remember.ts"
import type { Database } from "../database/Database.ts"
import { map, type Step } from "../database/Step.ts"
import { makeBeginRetry } from "../deadLetters/letters.ts"
import { makeTellArrival } from "./arrivals.ts"
import { NEVER } from "./queue.ts"
import { encodeDelivery } from "./rows.ts"
import { WORDLESS } from "./words.ts"

/** Writes a delivery down, behind those of its chat, within a write of its caller; none that is there already. */
const makeAdd = (database: typeof Database.Service) => {
  const add = database.prepare<{ readonly seq: number }>(`
    INSERT INTO outbox (account_id, delivery_id, attempt, chat, delivery, accepted_at, due_at, useful_until, place)
    VALUES ($account, $id, $attempt, $chat, $delivery, $now, $now, $usefulUntil, CASE WHEN EXISTS (
      SELECT 1 FROM outbox WHERE account_id = $account AND chat = $chat AND place <> 'ended')
      THEN 'behind' ELSE 'first' END)
    ON CONFLICT (account_id, delivery_id, attempt) DO NOTHING RETURNING seq`)
  return (delivery: Delivery, giveUpAt: number, now: number): Step<Option.Option<OpenDelivery>> => {
    const { accountId, attempt = 0, expiresAt = NEVER, id, target } = delivery
    const usefulUntil = Math.trunc(Math.min(expiresAt, giveUpAt))
    const added = add.get({
      account: accountId,
      id,
      attempt,
      chat: targetKey(target),
      delivery: encodeDelivery(delivery),
      now,
      usefulUntil: usefulUntil === NEVER ? null : usefulUntil
    })
    return map(added, (row) =>
      Option.map(Option.fromNullable(row), ({ seq }) => ({
        ...{ seq, delivery, acceptedAt: now, usefulUntil, progress: NO_PROGRESS }
      }))
    )
  }
}

/**
 * Makes the parts of a delivery ready to be sent again, within a write of its caller: those that failed, and with
 * `anyway` those that nobody knows of.
 */
const makeRequeue = (
  database: typeof Database.Service
): ((deliveryId: string, number: number) => Step<void>) => {
  const requeue = database.prepare(`
    UPDATE parts SET state = 'Queued', tries = 0, tried_at = NULL, after_row_id = NULL, detail = NULL, settled_at = NULL
    WHERE delivery_id = ? AND part <> '${WORDLESS}' AND (state = 'Failed' OR state = 'Uncertain' AND EXISTS (
      SELECT 1 FROM dead_letters WHERE number = ? AND is_anyway = 1))`)
  return (deliveryId, number) => map(requeue.run(deliveryId, number), () => {})
}

export const makeAccept = (database: typeof Database.Service) => {
  const add = makeAdd(database)
  const requeue = makeRequeue(database)
  const beginRetry = makeBeginRetry(database)
  const remember = makeRemember(database)
  const tellArrival = makeTellArrival(database)
  return {
    /** With a delivery what is remembered of it is written down; neither where it is there already. */
    accept: (delivery: Delivery, { giveUpAt = NEVER, remembered }: AcceptedWith) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(function* () {
          const added = yield* add(delivery, giveUpAt, now)
          if (Option.isNone(added)) return added
          if (remembered !== undefined) yield* remember(remembered)
          yield* tellArrival(delivery.accountId)
          return added
        })
      ),
    retry: ({ attempts: attempt, content: { delivery }, number }: DeadLetter<DeadDelivery>) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(function* () {
          if (!(yield* beginRetry(number, attempt))) return Option.none()
          const added = yield* add({ ...delivery, attempt }, NEVER, now)
          if (Option.isNone(added)) return added
          // What was accepted before may have been under way since: what became of its parts stands.
          yield* requeue(delivery.id, number)
          yield* tellArrival(delivery.accountId)
          return added
        })
      )
  }
}
