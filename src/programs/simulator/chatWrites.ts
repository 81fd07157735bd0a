import type * as SqlClient from "@effect/sql/SqlClient"
import { Clock, Effect, Schema } from "effect"
import { VOTE_TYPE } from "./bridge/Extras.ts"
import { Inserted, type Late, type NewMessage, OWN_ALIAS, OWN_HANDLE, type Service } from "./ChatModel.ts"
import { APPLE_EPOCH_MS, MESSAGES_TABLES } from "./chatSchema.ts"

/** A guid as Messages writes them. */
export const newGuid = Effect.sync(() => crypto.randomUUID().toUpperCase())

/** The character that stands in a text for each attachment. */
const OBJECT_REPLACEMENT = "\uFFFC"

/** `style` of a chat row. */
const STYLE = { group: 43, direct: 45 } as const

// What comes in names the own handle that it was written to: in a chat with oneself that is its sender.
const DESTINATION = `IIF(r.value ->> 'sender' = '${OWN_ALIAS}', '${OWN_ALIAS}', '${OWN_HANDLE}')`

const SERVICE = "IFNULL(r.value ->> 'service', c.service_name)"

const isWithout = (part: Late) =>
  `EXISTS (SELECT 1 FROM json_each(r.value, '$.without') w WHERE w.value = '${part}')`

// Messages keeps the other side's handle on an outgoing row of a direct chat, and none on one of a group.
const INSERT_MESSAGES = `INSERT INTO message (guid, text, handle_id, service, account, date, is_from_me,
    destination_caller_id, associated_message_guid, associated_message_type, associated_message_emoji,
    thread_originator_guid, thread_originator_part, reply_to_guid, balloon_bundle_id, cache_has_attachments, is_finished, is_sent, is_delivered,
    date_delivered)
  SELECT r.value ->> 'guid', r.value ->> 'text',
    CASE WHEN r.value ->> 'sender' IS NOT NULL
      THEN (SELECT h.ROWID FROM handle h WHERE h.id = r.value ->> 'sender' AND h.service = ${SERVICE})
      WHEN c.style = ${STYLE.direct}
      THEN IFNULL((SELECT MIN(chj.handle_id) FROM chat_handle_join chj WHERE chj.chat_id = c.ROWID), 0)
      ELSE 0 END,
    ${SERVICE}, c.account_login, (r.value ->> 'at' - ${APPLE_EPOCH_MS}) * 1000000,
    r.value ->> 'sender' IS NULL AND NOT ${isWithout("fromMe")}, ${DESTINATION}, r.value ->> 'associatedGuid',
    IFNULL(r.value ->> 'associatedType', 0), r.value ->> 'associatedEmoji', r.value ->> 'replyTo', r.value ->> 'replyPart',
    r.value ->> 'follows',
    r.value ->> 'balloonBundleId', json_array_length(r.value, '$.attachments') > 0, 1, r.value ->> 'sender' IS NULL,
    r.value ->> 'sender' IS NULL AND ${SERVICE} = 'iMessage',
    IIF(r.value ->> 'sender' IS NULL AND ${SERVICE} = 'iMessage',
      (r.value ->> 'at' - ${APPLE_EPOCH_MS}) * 1000000, 0)
  FROM json_each(?) r JOIN chat c ON c.ROWID = r.value ->> 'chatId' ORDER BY r.key
  RETURNING ROWID AS rowId, guid`

const INSERT_SENDERS = `INSERT OR IGNORE INTO handle (id, country, service)
  SELECT DISTINCT r.value ->> 'sender', 'us', ${SERVICE}
  FROM json_each(?) r JOIN chat c ON c.ROWID = r.value ->> 'chatId' WHERE r.value ->> 'sender' IS NOT NULL`

const JOIN_MESSAGES = `INSERT INTO chat_message_join (chat_id, message_id, message_date)
  SELECT r.value ->> 'chatId', m.ROWID, m.date
  FROM json_each(?) r JOIN message m ON m.guid = r.value ->> 'guid'
  WHERE NOT ${isWithout("chat")} ORDER BY r.key`

// A chat for all services goes by that of its newest message.
const FOLLOW_SERVICES = `UPDATE chat SET service_name = (SELECT r.value ->> 'service' FROM json_each(?) r
    WHERE r.value ->> 'chatId' = chat.ROWID ORDER BY r.key DESC LIMIT 1)
  WHERE guid LIKE 'any;%' AND ROWID IN (SELECT r.value ->> 'chatId' FROM json_each(?) r)`

const INSERT_ATTACHMENTS = `INSERT INTO attachment (guid, created_date, filename, uti, mime_type, is_outgoing,
    transfer_name, total_bytes, is_sticker)
  SELECT a.value ->> 'guid', (r.value ->> 'at' - ${APPLE_EPOCH_MS}) / 1000, a.value ->> 'filename',
    a.value ->> 'uti', a.value ->> 'mimeType', r.value ->> 'sender' IS NULL, a.value ->> 'transferName',
    a.value ->> 'totalBytes', a.value ->> 'isSticker'
  FROM json_each(?) r, json_each(r.value, '$.attachments') a`

const JOIN_ATTACHMENTS = `INSERT INTO message_attachment_join (message_id, attachment_id)
  SELECT m.ROWID, t.ROWID FROM json_each(?) r, json_each(r.value, '$.attachments') a
  JOIN message m ON m.guid = r.value ->> 'guid' JOIN attachment t ON t.guid = a.value ->> 'guid'
  WHERE NOT ${isWithout("attachments")}`

const REMEMBER_LATE = `INSERT INTO simulator.late (message_id, part, value)
  SELECT m.ROWID, w.value, CASE w.value WHEN 'chat' THEN r.value ->> 'chatId'
    WHEN 'attachments' THEN (SELECT json_group_array(a.value ->> 'guid') FROM json_each(r.value, '$.attachments') a) END
  FROM json_each(?) r, json_each(r.value, '$.without') w JOIN message m ON m.guid = r.value ->> 'guid'`

/** Each of the row with this rowid. */
const COMPLETE = {
  chat: `INSERT INTO chat_message_join (chat_id, message_id, message_date)
    SELECT CAST(l.value AS INTEGER), m.ROWID, m.date FROM simulator.late l JOIN message m ON m.ROWID = l.message_id
    WHERE l.message_id = ? AND l.part = 'chat'`,
  attachments: `INSERT INTO message_attachment_join (message_id, attachment_id)
    SELECT l.message_id, t.ROWID FROM simulator.late l, json_each(l.value) g JOIN attachment t ON t.guid = g.value
    WHERE l.message_id = ? AND l.part = 'attachments' ORDER BY g.key`,
  fromMe: `UPDATE message SET is_from_me = 1
    WHERE ROWID = (SELECT message_id FROM simulator.late WHERE message_id = ? AND part = 'fromMe')`
} as const satisfies Record<Late, string>

/** The row that a row is about, and how. */
const associated = ({ extras, reaction }: NewMessage) => {
  if (reaction !== undefined)
    return { associatedGuid: `p:${reaction.part ?? 0}/${reaction.to}`, associatedType: reaction.type }
  const poll = extras?.poll
  return poll?._tag === "vote" ? { associatedGuid: poll.poll, associatedType: VOTE_TYPE } : {}
}

const INSERT_EXTRAS = `INSERT INTO simulator.extras (guid, extras)
  SELECT r.value ->> 'guid', r.value -> 'extras' FROM json_each(?) r WHERE r.value -> 'extras' IS NOT NULL`

const decodeInserted = Schema.decodeUnknown(Schema.Array(Inserted))

/** A chat to create. `handles` are the other people in it. */
export interface NewChat {
  readonly guid: string
  readonly identifier: string
  readonly name: string | null
  readonly service: Service
  readonly kind: keyof typeof STYLE
  readonly handles: ReadonlyArray<string>
}

/** The writing half of the database. Every transaction starts with a write, so that it waits for other processes. */
export const makeWrites = (sql: SqlClient.SqlClient) => {
  const prepare = (now: number) => (message: NewMessage) =>
    Effect.gen(function* () {
      const attachments = yield* Effect.forEach(message.attachments ?? [], (attachment) =>
        Effect.map(newGuid, (guid) => ({ ...attachment, guid }))
      )
      return {
        chatId: message.chatId,
        sender: message.sender,
        text: OBJECT_REPLACEMENT.repeat(attachments.length) + message.text,
        at: message.at ?? now,
        guid: message.guid ?? (yield* newGuid),
        replyTo: message.replyTo,
        replyPart: message.replyPart,
        follows: message.follows,
        balloonBundleId: message.balloonBundleId,
        service: message.service,
        without: message.without ?? [],
        ...associated(message),
        extras: message.extras,
        associatedEmoji: message.reaction?.emoji,
        attachments
      }
    })

  /**
   * Writes rows in one transaction, in order, and answers which; a message whose chat does not exist makes no
   * row. `within` runs in the same transaction.
   */
  const insert = <E>(
    messages: ReadonlyArray<NewMessage>,
    within: (inserted: ReadonlyArray<Inserted>) => Effect.Effect<void, E>
  ) =>
    Effect.gen(function* () {
      const rows = yield* Effect.forEach(messages, prepare(yield* Clock.currentTimeMillis))
      const json = JSON.stringify(rows)
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          if (rows.some(({ sender }) => sender !== null)) yield* sql.unsafe(INSERT_SENDERS, [json])
          const inserted = yield* Effect.flatMap(sql.unsafe(INSERT_MESSAGES, [json]), decodeInserted)
          yield* sql.unsafe(JOIN_MESSAGES, [json])
          if (rows.some(({ attachments }) => attachments.length > 0)) {
            yield* sql.unsafe(INSERT_ATTACHMENTS, [json])
            yield* sql.unsafe(JOIN_ATTACHMENTS, [json])
          }
          if (rows.some(({ extras }) => extras !== undefined)) yield* sql.unsafe(INSERT_EXTRAS, [json])
          if (rows.some(({ without }) => without.length > 0)) yield* sql.unsafe(REMEMBER_LATE, [json])
          const following = JSON.stringify(rows.filter(({ service }) => service !== undefined))
          if (following !== "[]") yield* sql.unsafe(FOLLOW_SERVICES, [following, following])
          yield* within(inserted)
          return inserted
        })
      )
    })

  const complete = (rowId: number, parts: ReadonlyArray<Late>) =>
    sql.withTransaction(
      Effect.forEach(
        parts,
        (part) =>
          Effect.zipRight(
            sql.unsafe(COMPLETE[part], [rowId]),
            sql.unsafe("DELETE FROM simulator.late WHERE message_id = ? AND part = ?", [rowId, part])
          ),
        { discard: true }
      )
    )

  /** Creates a chat, unless one with its guid exists. */
  const addChat = (chat: NewChat) => {
    const handles = JSON.stringify(chat.handles)
    return sql.withTransaction(
      Effect.gen(function* () {
        yield* sql.unsafe(
          `INSERT OR IGNORE INTO handle (id, country, service)
           SELECT value, 'us', ? FROM json_each(?) ORDER BY key`,
          [chat.service, handles]
        )
        yield* sql.unsafe(
          `INSERT INTO chat (guid, style, account_id, chat_identifier, service_name, account_login,
             last_addressed_handle, display_name)
           SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM chat WHERE guid = ?)`,
          [
            chat.guid,
            STYLE[chat.kind],
            "00000000-0000-4000-8000-000000000000",
            chat.identifier,
            chat.service,
            `P:${OWN_HANDLE}`,
            chat.identifier === OWN_ALIAS ? OWN_ALIAS : OWN_HANDLE,
            chat.name,
            chat.guid
          ]
        )
        yield* sql.unsafe(
          `INSERT OR IGNORE INTO chat_handle_join (chat_id, handle_id)
           SELECT c.ROWID, h.ROWID FROM json_each(?) r
           JOIN handle h ON h.id = r.value AND h.service = ? JOIN chat c ON c.guid = ?`,
          [handles, chat.service, chat.guid]
        )
      })
    )
  }

  const markRead = (chatId: number) =>
    sql.unsafe(
      `UPDATE message SET is_read = 1 WHERE is_from_me = 0 AND is_read = 0
       AND ROWID IN (SELECT message_id FROM chat_message_join WHERE chat_id = ?)`,
      [chatId]
    )

  const reset = sql.withTransaction(
    Effect.gen(function* () {
      for (const table of MESSAGES_TABLES) yield* sql.unsafe(`DELETE FROM ${table}`)
      yield* sql.unsafe("DELETE FROM simulator.late")
      yield* sql.unsafe("DELETE FROM simulator.extras")
      yield* sql.unsafe("DELETE FROM sqlite_sequence WHERE name IN (SELECT value FROM json_each(?))", [
        JSON.stringify(MESSAGES_TABLES)
      ])
    })
  )

  return { insert, complete, addChat, markRead, reset }
}
