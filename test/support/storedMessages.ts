/** Messages of sessions, and deliveries, as they lie in the store, of any age. */
import { MachineId, Snowflake } from "@effect/cluster"
import { Effect } from "effect"
import { Database } from "../../src/layers/database/Database.ts"

export interface StoredMessage {
  readonly actor: "Session" | "Account"
  /** The key of an envelope, or the id of a delivery. */
  readonly id: string
  /** When it was saved, in Unix ms. */
  readonly savedAt: number
  /** When it was finished; absent where it is not. */
  readonly finishedAt?: number
}

/** Saves messages, all in one write. */
export const saveMessages = (messages: ReadonlyArray<StoredMessage>) =>
  Effect.flatMap(Database, ({ prepare, write }) => {
    const addMessage = prepare(`
      INSERT INTO mailbox
        (id, message_key, shard, entity_type, entity_id, kind, request_id, envelope, processed, exit, finished_at)
      VALUES (?, ?, 'default:1', 'Session', 'default', 'Request', ?, ?, ?, ?, ?)`)
    const addDelivery = prepare(`
      INSERT INTO outbox (account_id, delivery_id, chat, delivery, accepted_at, place, ended_at)
      VALUES ('default', ?, ?, '', ?, ?, ?)`)
    return write(function* () {
      for (const [index, { actor, finishedAt = null, id, savedAt }] of messages.entries()) {
        if (actor === "Account") {
          yield* addDelivery.run(id, id, savedAt, finishedAt === null ? "first" : "ended", finishedAt)
          continue
        }
        const snowflake = Snowflake.make({
          machineId: MachineId.make(1),
          sequence: index % 4096,
          timestamp: savedAt
        })
        const payload = { id, filler: "x".repeat(600) }
        yield* addMessage.run(
          snowflake,
          `Session/default/Inbound/${id}`,
          snowflake,
          JSON.stringify({ _tag: "Request", payload }),
          finishedAt === null ? 0 : 1,
          finishedAt === null ? null : "{}",
          finishedAt
        )
      }
    })
  })

/** The keys of the messages that are left, as `Inbound/a`, and behind them those of the deliveries, as `Deliver/b`. */
export const messagesLeft = Effect.flatMap(Database, ({ prepare, read }) => {
  const messages = prepare<{ readonly message_key: string }>("SELECT message_key FROM mailbox ORDER BY seq")
  const deliveries = prepare<{ readonly delivery_id: string }>("SELECT delivery_id FROM outbox ORDER BY seq")
  return read(function* () {
    return [
      ...(yield* messages.all()).map(({ message_key }) => message_key.split("/").slice(2).join("/")),
      ...(yield* deliveries.all()).map(({ delivery_id }) => `Deliver/${delivery_id}`)
    ]
  })
})
