/** The history of chats in the gateway's store. */
import { Clock, Effect, Layer, Schema } from "effect"
import { EnvelopeAttachment } from "../../schemas/Envelope.ts"
import { boundedMemory, HISTORY_BYTES, REMEMBERED_BYTES } from "../../schemas/promptBounds.ts"
import { Reaction } from "../../schemas/Reaction.ts"
import { GroupHistory, type Remembered } from "../../services/GroupHistory.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

interface HistoryRow {
  readonly guid: string
  readonly sender: string
  readonly sender_name: string | null
  readonly text: string
  readonly attachments: string
  readonly reaction: string | null
}

/** Reactions of a chat that are kept, those that were told among them. */
const REACTIONS = 50

/** As a number, as it is bound. */
const IS_REACTION = "CASE WHEN reaction IS NULL THEN 0 ELSE 1 END"

const AttachmentsJson = Schema.parseJson(Schema.Array(EnvelopeAttachment))
const encodeAttachments = Schema.encodeSync(AttachmentsJson)
const decodeAttachments = Schema.decodeSync(AttachmentsJson)

const ReactionJson = Schema.parseJson(Reaction)
const encodeReaction = Schema.encodeSync(ReactionJson)
const decodeReaction = Schema.decodeSync(ReactionJson)

const rememberedOf = ({
  attachments,
  guid,
  reaction,
  sender,
  sender_name,
  text
}: HistoryRow): Remembered => ({
  guid,
  sender,
  ...(sender_name === null ? {} : { senderName: sender_name }),
  text,
  attachments: decodeAttachments(attachments),
  ...(reaction === null ? {} : { reaction: decodeReaction(reaction) })
})

const make = Effect.gen(function* () {
  const database = yield* Database
  const addHistory = database.prepare(`
    INSERT INTO history (account_id, chat_id, row_id, guid, sender, sender_name, text, attachments, reaction, kept_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const trimHistory = database.prepare(`
    DELETE FROM history WHERE account_id = $account AND chat_id = $chat AND ${IS_REACTION} = $isReaction
      AND row_id <= (
        SELECT row_id FROM history
        WHERE account_id = $account AND chat_id = $chat AND ${IS_REACTION} = $isReaction
        ORDER BY row_id DESC LIMIT 1 OFFSET $limit)`)
  // The oldest that is left may be more than there is room for, so that who reads them finds that something is left out.
  const trimHistoryBytes = database.prepare(`
    DELETE FROM history WHERE account_id = ? AND chat_id = ? AND reaction IS NULL AND row_id <= (
      SELECT row_id FROM (
        SELECT row_id, sum(octet_length(text) + octet_length(attachments)) OVER (
          ORDER BY row_id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newer
        FROM history WHERE account_id = ? AND chat_id = ? AND reaction IS NULL) AS sizes
      WHERE newer > ? ORDER BY row_id DESC LIMIT 1)`)
  // Earlier versions kept texts of any length.
  const selectHistory = database.prepare<HistoryRow>(`
    SELECT guid, sender, sender_name, text, attachments, reaction FROM (
      SELECT row_id, guid, sender, sender_name, substr(text, 1, ${REMEMBERED_BYTES + 1}) AS text, attachments, reaction,
        row_number() OVER (PARTITION BY reaction IS NULL ORDER BY row_id DESC) AS nth
      FROM history WHERE account_id = ? AND chat_id = ? AND row_id < ? AND told = 0
    ) AS newest WHERE reaction IS NOT NULL OR nth <= ? ORDER BY row_id`)
  const isAny = database.prepare(
    "SELECT 1 FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= ? AND told = 0 LIMIT 1"
  )
  const dropHistory = database.prepare(
    "DELETE FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= ? AND reaction IS NULL"
  )
  const markTold = database.prepare(`
    UPDATE history SET told = 1, sender = '', sender_name = NULL, text = '', reaction = ''
    WHERE account_id = ? AND chat_id = ? AND row_id <= ? AND told = 0`)

  return GroupHistory.of({
    remember: (envelope, limit) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(function* () {
          const { accountId, attachments, chatId, guid, reaction, rowId, sender, senderName, text } =
            boundedMemory(envelope)
          const isReaction = reaction !== undefined
          yield* addHistory.run(
            accountId,
            chatId,
            rowId,
            guid,
            sender,
            senderName ?? null,
            text,
            encodeAttachments(attachments),
            isReaction ? encodeReaction(reaction) : null,
            now
          )
          yield* trimHistory.run({
            account: accountId,
            chat: chatId,
            isReaction: isReaction ? 1 : 0,
            limit: isReaction ? REACTIONS : limit
          })
          if (isReaction) return
          yield* trimHistoryBytes.run(accountId, chatId, accountId, chatId, HISTORY_BYTES)
        })
      ),
    lastBefore: ({ accountId, beforeRowId, chatId }, limit) =>
      database.read(() =>
        Step.map(selectHistory.all(accountId, chatId, beforeRowId, limit), (rows) => rows.map(rememberedOf))
      ),
    forget: ({ accountId, chatId, upToRowId }) =>
      Effect.gen(function* () {
        // Mostly there is nothing, and a write costs more than a look.
        if ((yield* database.read(() => isAny.get(accountId, chatId, upToRowId))) === undefined) return
        yield* database.write(function* () {
          yield* dropHistory.run(accountId, chatId, upToRowId)
          yield* markTold.run(accountId, chatId, upToRowId)
        })
      })
  })
})

export const layer: Layer.Layer<GroupHistory, never, Database> = Layer.effect(GroupHistory, make)
