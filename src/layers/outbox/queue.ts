/** The order in which deliveries go out: of each chat of an account the first can, unless it waits. */
import { Clock, Effect, Option, Schema } from "effect"
import { Delivery, Progress } from "../../schemas/Delivery.ts"
import type { OpenDelivery, Wanted } from "../../services/Outbox.ts"
import type { Database } from "../sqlite/Database.ts"
import { makeForgetWords } from "./words.ts"

/** A delivery without an end, as it is stored. */
export interface OutboxRow {
  readonly seq: number
  readonly delivery: string
  readonly accepted_at: number
  readonly useful_until: number | null
  readonly progress: string
}

/** The columns of such a row. */
export const OUTBOX_ROW = "seq, delivery, accepted_at, useful_until, progress"

const DeliveryJson = Schema.parseJson(Delivery)
export const encodeDelivery = Schema.encodeSync(DeliveryJson)
export const decodeDelivery = Schema.decodeSync(DeliveryJson)

const ProgressJson = Schema.parseJson(Progress)
const encodeProgress = Schema.encodeSync(ProgressJson)
const decodeProgress = Schema.decodeSync(ProgressJson)

/** Later than all. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** When a delivery may go on, where it waits `?` ms for a child. */
const DUE_AT = `max(due_at, min(accepted_at + ?, coalesce(useful_until, ${NEVER})))`

/** Where there is a child nothing waits for one. */
const waitFor = ({ forChildMs }: Wanted): number => (forChildMs === 0 ? -NEVER : forChildMs)

const openOf = (row: OutboxRow): OpenDelivery => ({
  seq: row.seq,
  delivery: decodeDelivery(row.delivery),
  acceptedAt: row.accepted_at,
  usefulUntil: row.useful_until ?? Number.POSITIVE_INFINITY,
  progress: decodeProgress(row.progress)
})

/** Hands deliveries out and takes what became of them. */
export const makeQueue = (database: typeof Database.Service) => {
  const forgetWords = makeForgetWords(database)
  const selectNext = database.prepare<OutboxRow>(`
    SELECT ${OUTBOX_ROW} FROM outbox WHERE account_id = ? AND place = 'first' AND ${DUE_AT} <= ?
      AND seq NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT 1`)
  const selectNextAt = database.prepare<{ readonly at: number | null }>(`
    SELECT min(${DUE_AT}) AS at FROM outbox
    WHERE account_id = ? AND place = 'first' AND seq NOT IN (SELECT value FROM json_each(?))`)
  const setPause = database.prepare("UPDATE outbox SET due_at = ?, progress = ? WHERE seq = ?")
  const endPauses = database.prepare(
    "UPDATE outbox SET due_at = 0 WHERE account_id = ? AND place = 'first' AND due_at > 0"
  )
  const setEnded = database.prepare<{ readonly account_id: string; readonly chat: string }>(`
    UPDATE outbox SET place = 'ended', ended_at = ?, delivery = '' WHERE seq = ? RETURNING account_id, chat`)
  const moveUp = database.prepare(`
    UPDATE outbox SET place = 'first' WHERE seq = (
      SELECT min(seq) FROM outbox WHERE account_id = ? AND chat = ? AND place <> 'ended')`)

  return {
    next: (wanted: Wanted, now: number) =>
      database.read(() => {
        const { accountId, without } = wanted
        const row = selectNext.get(accountId, waitFor(wanted), now, JSON.stringify(without))
        return Option.map(Option.fromNullable(row), openOf)
      }),
    nextAt: (wanted: Wanted) =>
      database.read(() => {
        const { accountId, without } = wanted
        const row = selectNextAt.get(waitFor(wanted), accountId, JSON.stringify(without))
        return Option.fromNullable(row?.at)
      }),
    pause: ({ seq }: OpenDelivery, until: number, progress: Progress) =>
      database.write(() => {
        setPause.run(Math.trunc(until), encodeProgress(progress), seq)
      }),
    resumeAll: (accountId: string) =>
      database.write(() => {
        endPauses.run(accountId)
      }),
    end: ({ delivery, seq }: OpenDelivery) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(() => {
          forgetWords(delivery.id)
          const ended = setEnded.get(now, seq)
          if (ended !== undefined) moveUp.run(ended.account_id, ended.chat)
        })
      )
  }
}
