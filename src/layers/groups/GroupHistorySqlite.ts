/** The history of groups in the gateway's store. */
import { Clock, Effect, Layer, Schema } from "effect"
import { EnvelopeAttachment } from "../../schemas/Envelope.ts"
import { boundedMemory, HISTORY_BYTES, REMEMBERED_BYTES } from "../../schemas/promptBounds.ts"
import { GroupHistory, type Remembered } from "../../services/GroupHistory.ts"
import { Database } from "../sqlite/Database.ts"

interface HistoryRow {
  readonly guid: string
  readonly sender: string
  readonly sender_name: string | null
  readonly text: string
  readonly attachments: string
}

const AttachmentsJson = Schema.parseJson(Schema.Array(EnvelopeAttachment))
const encodeAttachments = Schema.encodeSync(AttachmentsJson)
const decodeAttachments = Schema.decodeSync(AttachmentsJson)

const rememberedOf = ({ attachments, guid, sender, sender_name, text }: HistoryRow): Remembered => ({
  guid,
  sender,
  ...(sender_name === null ? {} : { senderName: sender_name }),
  text,
  attachments: decodeAttachments(attachments)
})

const make = Effect.gen(function* () {
  const database = yield* Database
  const addHistory = database.prepare(`
    INSERT OR IGNORE INTO history (account_id, chat_id, row_id, guid, sender, sender_name, text, attachments, kept_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const trimHistory = database.prepare(`
    DELETE FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= (
      SELECT row_id FROM history WHERE account_id = ? AND chat_id = ?
      ORDER BY row_id DESC LIMIT 1 OFFSET ?)`)
  // The oldest that is left may be more than there is room for, so that who reads them finds that something is left out.
  const trimHistoryBytes = database.prepare(`
    DELETE FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= (
      SELECT row_id FROM (
        SELECT row_id, sum(length(CAST(text AS BLOB)) + length(CAST(attachments AS BLOB))) OVER (
          ORDER BY row_id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newer
        FROM history WHERE account_id = ? AND chat_id = ?)
      WHERE newer > ? ORDER BY row_id DESC LIMIT 1)`)
  // Earlier versions kept texts of any length.
  const selectHistory = database.prepare<HistoryRow>(`
    SELECT guid, sender, sender_name, text, attachments FROM (
      SELECT row_id, guid, sender, sender_name, substr(text, 1, ${REMEMBERED_BYTES + 1}) AS text, attachments FROM history
      WHERE account_id = ? AND chat_id = ? AND row_id < ? ORDER BY row_id DESC LIMIT ?
    ) ORDER BY row_id`)
  const dropHistory = database.prepare(
    "DELETE FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= ?"
  )

  return GroupHistory.of({
    remember: (envelope, limit) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(() => {
          const { accountId, attachments, chatId, guid, rowId, sender, senderName, text } =
            boundedMemory(envelope)
          addHistory.run(
            accountId,
            chatId,
            rowId,
            guid,
            sender,
            senderName ?? null,
            text,
            encodeAttachments(attachments),
            now
          )
          trimHistory.run(accountId, chatId, accountId, chatId, limit)
          trimHistoryBytes.run(accountId, chatId, accountId, chatId, HISTORY_BYTES)
        })
      ),
    lastBefore: ({ accountId, beforeRowId, chatId }, limit) =>
      database.read(() => selectHistory.all(accountId, chatId, beforeRowId, limit).map(rememberedOf)),
    forget: ({ accountId, chatId, upToRowId }) =>
      database.write(() => {
        dropHistory.run(accountId, chatId, upToRowId)
      })
  })
})

export const layer: Layer.Layer<GroupHistory, never, Database> = Layer.effect(GroupHistory, make)
