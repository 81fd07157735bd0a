/** What changes rows and chats that are there: people do it in Messages, and the bridge in their place. */
import type * as SqlClient from "@effect/sql/SqlClient"
import { Clock, Effect, Schema } from "effect"
import { APPLE_EPOCH_MS } from "../chatSchema.ts"

const decodeGuids = Schema.decodeUnknown(Schema.Array(Schema.Struct({ guid: Schema.String })))

/** Each answers whether there was something to change. */
export const makeBridgeWrites = (sql: SqlClient.SqlClient) => {
  const changes = (statement: string, params: ReadonlyArray<unknown>) =>
    sql.unsafe(`${statement} RETURNING guid`, params).pipe(
      Effect.flatMap(decodeGuids),
      Effect.map((rows) => rows.length > 0)
    )
  const appleNow = Effect.map(Clock.currentTimeMillis, (now) => (now - APPLE_EPOCH_MS) * 1e6)

  return {
    /** Another text in the place of that of a message; its row stays where it is. */
    edit: (guid: string, text: string) =>
      Effect.flatMap(appleNow, (now) =>
        changes("UPDATE message SET text = ?, date_edited = ? WHERE guid = ?", [text, now, guid])
      ),
    /** A message taken back: its row stays, without its text and its files. */
    unsend: (guid: string) =>
      sql.withTransaction(
        Effect.gen(function* () {
          const found = yield* changes(
            `UPDATE message SET text = '', date_edited = ?1, date_retracted = ?1, cache_has_attachments = 0
             WHERE guid = ?2`,
            [yield* appleNow, guid]
          )
          yield* sql.unsafe(
            "DELETE FROM message_attachment_join WHERE message_id = (SELECT ROWID FROM message WHERE guid = ?)",
            [guid]
          )
          return found
        })
      ),
    renameChat: (chatId: number, name: string) =>
      changes("UPDATE chat SET display_name = ? WHERE ROWID = ?", [name, chatId]),
    addParticipant: (chatId: number, handle: string) =>
      sql.withTransaction(
        Effect.gen(function* () {
          yield* sql.unsafe(
            `INSERT OR IGNORE INTO handle (id, country, service)
             SELECT ?, 'us', service_name FROM chat WHERE ROWID = ?`,
            [handle, chatId]
          )
          yield* sql.unsafe(
            `INSERT OR IGNORE INTO chat_handle_join (chat_id, handle_id)
             SELECT c.ROWID, h.ROWID FROM chat c JOIN handle h ON h.service = c.service_name
             WHERE c.ROWID = ? AND h.id = ?`,
            [chatId, handle]
          )
        })
      ),
    removeParticipant: (chatId: number, handle: string) =>
      sql.unsafe(
        `DELETE FROM chat_handle_join WHERE chat_id = ?
         AND handle_id IN (SELECT ROWID FROM handle WHERE id = ?)`,
        [chatId, handle]
      ),
    /** The owner is in the group no more. */
    leaveChat: (chatId: number) => changes("UPDATE chat SET state = 0 WHERE ROWID = ?", [chatId]),
    /** The newest message that came in counts as not read. */
    markUnread: (chatId: number) =>
      changes(
        `UPDATE message SET is_read = 0 WHERE ROWID = (SELECT MAX(m.ROWID) FROM message m
           JOIN chat_message_join cmj ON cmj.message_id = m.ROWID WHERE cmj.chat_id = ? AND m.is_from_me = 0)`,
        [chatId]
      )
  }
}
