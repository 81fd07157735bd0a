/** Messages of actors as they lie in the store, of any age. */
import { MachineId, Snowflake } from "@effect/cluster"
import { Effect } from "effect"
import { Database } from "../../src/layers/sqlite/Database.ts"

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
    const insert = prepare(`
      INSERT INTO mailbox
        (id, message_key, shard, entity_type, entity_id, kind, request_id, envelope, processed, exit, finished_at)
      VALUES (?, ?, 'default:1', ?, 'default', 'Request', ?, ?, ?, ?, ?)`)
    return write(() => {
      for (const [index, { actor, finishedAt, id, savedAt }] of messages.entries()) {
        const snowflake = Snowflake.make({
          machineId: MachineId.make(1),
          sequence: index % 4096,
          timestamp: savedAt
        })
        const payload = { id, filler: "x".repeat(600) }
        insert.run(
          snowflake,
          `${actor}/default/${actor === "Account" ? "Deliver" : "Inbound"}/${id}`,
          actor,
          snowflake,
          JSON.stringify({ _tag: "Request", payload }),
          finishedAt === undefined ? 0 : 1,
          finishedAt === undefined ? null : "{}",
          finishedAt ?? null
        )
      }
    })
  })

/** The keys of the messages that are left, as `Inbound/a`. */
export const messagesLeft = Effect.flatMap(Database, ({ prepare, read }) => {
  const select = prepare<{ readonly message_key: string }>("SELECT message_key FROM mailbox ORDER BY seq")
  return read(() => select.all().map(({ message_key }) => message_key.split("/").slice(2).join("/")))
})
