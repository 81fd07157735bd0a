import type * as SqlClient from "@effect/sql/SqlClient"
import * as SqlSchema from "@effect/sql/SqlSchema"
import { Effect, Option, Schema } from "effect"
import { VOTE_TYPE } from "./bridge/Extras.ts"
import { Chat, type ChatSelector, Flag, MessageRow, SentMessage } from "./ChatModel.ts"
import { APPLE_EPOCH_MS } from "./chatSchema.ts"

const unixMs = (column: string) => `(${column} / 1000000 + ${APPLE_EPOCH_MS})`

const PARTICIPANTS = `(SELECT json_group_array(id) FROM (SELECT DISTINCT ph.id FROM chat_handle_join chj
  JOIN handle ph ON ph.ROWID = chj.handle_id WHERE chj.chat_id = c.ROWID ORDER BY ph.id))`

const SELECT_CHAT = `SELECT c.ROWID AS id, IFNULL(c.chat_identifier, '') AS identifier, c.guid AS guid,
    IFNULL(c.display_name, c.chat_identifier) AS name, IFNULL(c.service_name, '') AS service,
    IFNULL(c.account_login, '') AS accountLogin, IFNULL(c.last_addressed_handle, '') AS lastAddressedHandle,
    ${PARTICIPANTS} AS participants, IFNULL(c.state, 3) = 0 AS hasLeft,
    ${unixMs("(SELECT MAX(message_date) FROM chat_message_join WHERE chat_id = c.ROWID)")} AS lastMessageAt,
    (SELECT COUNT(*) FROM chat_message_join uj JOIN message um ON um.ROWID = uj.message_id
      WHERE uj.chat_id = c.ROWID AND um.is_from_me = 0 AND um.is_read = 0) AS unreadCount
  FROM chat c`

const ATTACHMENTS = `(SELECT json_group_array(json_object('filename', a.filename, 'transferName', a.transfer_name,
    'uti', a.uti, 'mimeType', a.mime_type, 'totalBytes', a.total_bytes, 'isSticker', a.is_sticker))
  FROM message_attachment_join maj JOIN attachment a ON a.ROWID = maj.attachment_id
  WHERE maj.message_id = m.ROWID)`

const REACTIONS = `(SELECT json_group_array(json_object('id', r.ROWID, 'type', r.associated_message_type,
    'emoji', r.associated_message_emoji, 'sender', COALESCE(rh.id, r.destination_caller_id, ''),
    'isFromMe', r.is_from_me, 'at', ${unixMs("r.date")}))
  FROM message r LEFT JOIN handle rh ON rh.ROWID = r.handle_id
  WHERE r.associated_message_guid IN ('p:0/' || m.guid, 'p:1/' || m.guid, 'p:2/' || m.guid) AND r.associated_message_type BETWEEN 2000 AND 2006
    AND NOT EXISTS (SELECT 1 FROM message x WHERE x.associated_message_guid = r.associated_message_guid
      AND x.associated_message_type = r.associated_message_type + 1000 AND x.is_from_me = r.is_from_me
      AND x.handle_id = r.handle_id AND x.ROWID > r.ROWID
      AND (x.associated_message_emoji IS NULL OR x.associated_message_emoji = r.associated_message_emoji)))`

const NOT_A_REACTION =
  "(m.associated_message_type IS NULL OR m.associated_message_type < 2000 OR m.associated_message_type > 3006)"

/** What a reader of messages wants beside their texts. */
export interface Wanted {
  readonly attachments: boolean
  readonly reactions: boolean
}

const selectMessage = (
  wanted: Wanted
) => `SELECT m.ROWID AS id, m.guid AS guid, IFNULL(cmj.chat_id, 0) AS chatId,
    IFNULL(c.chat_identifier, '') AS chatIdentifier, IFNULL(c.guid, '') AS chatGuid,
    IFNULL(IFNULL(c.display_name, c.chat_identifier), '') AS chatName, ${PARTICIPANTS} AS participants,
    COALESCE(NULLIF(h.id, ''), m.destination_caller_id, '') AS sender, m.is_from_me AS isFromMe,
    IFNULL(m.text, '') AS text, ${unixMs("m.date")} AS at, m.is_read AS isRead,
    m.destination_caller_id AS destinationCallerId, m.associated_message_guid AS associatedGuid,
    IFNULL(m.associated_message_type, 0) AS associatedType, m.associated_message_emoji AS associatedEmoji,
    m.thread_originator_guid AS threadOriginatorGuid, m.reply_to_guid AS replyToGuid, m.balloon_bundle_id AS balloonBundleId,
    m.thread_originator_part AS threadOriginatorPart,
    (SELECT e.extras FROM simulator.extras e WHERE e.guid = m.guid) AS extras,
    p.text AS parentText, IIF(p.ROWID IS NULL, NULL, COALESCE(NULLIF(ph.id, ''), p.destination_caller_id, ''))
      AS parentSender,
    ${wanted.attachments ? ATTACHMENTS : "'[]'"} AS attachments,
    ${wanted.reactions ? REACTIONS : "'[]'"} AS reactions
  FROM message m LEFT JOIN chat_message_join cmj ON cmj.message_id = m.ROWID
    LEFT JOIN chat c ON c.ROWID = cmj.chat_id LEFT JOIN handle h ON h.ROWID = m.handle_id
    LEFT JOIN message p ON p.guid = m.thread_originator_guid LEFT JOIN handle ph ON ph.ROWID = p.handle_id`

/** Which rows after a rowid. `reactionRows`: also the rows that are themselves tapbacks. */
export interface AfterQuery extends Wanted {
  readonly after: number
  readonly chatId?: number | undefined
  readonly limit: number
  readonly reactionRows: boolean
}

/** Which messages of a chat, newest first; `start` is inclusive and `end` exclusive, in Unix milliseconds. */
export interface HistoryQuery {
  readonly chatId: number
  readonly limit: number
  readonly attachments: boolean
  readonly participants: ReadonlyArray<string>
  readonly start?: number | undefined
  readonly end?: number | undefined
}

/** What became of a message, which says something of outgoing ones, and its service. */
const SendStatus = Schema.Struct({
  guid: Schema.String,
  state: Schema.Literal("pending", "sent", "delivered", "failed"),
  service: Schema.NullOr(Schema.String),
  error: Schema.Int,
  isSent: Flag,
  isDelivered: Flag,
  isFinished: Flag,
  isDelayed: Flag,
  deliveredAt: Schema.NullOr(Schema.Int),
  readAt: Schema.NullOr(Schema.Int)
})
export type SendStatus = typeof SendStatus.Type

/** The reading half of the database. */
export const makeQueries = (sql: SqlClient.SqlClient) => {
  const chatRows = (tail: string, params: ReadonlyArray<unknown>) =>
    Effect.flatMap(sql.unsafe(`${SELECT_CHAT} ${tail}`, params), Schema.decodeUnknown(Schema.Array(Chat)))
  const messageRows = (wanted: Wanted, tail: string, params: ReadonlyArray<unknown>) =>
    Effect.flatMap(
      sql.unsafe(`${selectMessage(wanted)} ${tail}`, params),
      Schema.decodeUnknown(Schema.Array(MessageRow))
    )

  const chats = (limit: number) =>
    chatRows(
      `WHERE EXISTS (SELECT 1 FROM chat_message_join WHERE chat_id = c.ROWID)
       ORDER BY lastMessageAt DESC, c.ROWID DESC LIMIT ?`,
      [limit]
    )

  const chat = (selector: ChatSelector) => {
    const found =
      "chatId" in selector
        ? chatRows("WHERE c.ROWID = ?", [selector.chatId])
        : "chatGuid" in selector
          ? chatRows("WHERE c.guid = ?", [selector.chatGuid])
          : "chatIdentifier" in selector
            ? chatRows("WHERE c.chat_identifier = ? ORDER BY c.ROWID LIMIT 1", [selector.chatIdentifier])
            : chatRows("WHERE c.guid IN (?, ?)", [
                `${selector.service};-;${selector.handle}`,
                `any;-;${selector.handle}`
              ])
    return Effect.map(found, (rows) => Option.fromNullable(rows[0]))
  }

  const after = (query: AfterQuery) =>
    messageRows(
      query,
      `WHERE m.ROWID > ?${query.chatId === undefined ? "" : " AND cmj.chat_id = ?"}${
        query.reactionRows ? "" : ` AND ${NOT_A_REACTION}`
      } ORDER BY m.ROWID LIMIT ?`,
      query.chatId === undefined ? [query.after, query.limit] : [query.after, query.chatId, query.limit]
    )

  const history = (query: HistoryQuery) =>
    messageRows(
      { attachments: query.attachments, reactions: true },
      `WHERE cmj.chat_id = ? AND ${NOT_A_REACTION} AND m.date >= ? AND m.date < ?
       AND (json_array_length(?) = 0 OR sender COLLATE NOCASE IN (SELECT value FROM json_each(?)))
       ORDER BY m.date DESC, m.ROWID DESC LIMIT ?`,
      [
        query.chatId,
        ((query.start ?? APPLE_EPOCH_MS) - APPLE_EPOCH_MS) * 1e6,
        query.end === undefined ? Number.MAX_VALUE : (query.end - APPLE_EPOCH_MS) * 1e6,
        JSON.stringify(query.participants),
        JSON.stringify(query.participants),
        query.limit
      ]
    )

  const newest = messageRows(
    { attachments: false, reactions: true },
    `WHERE ${NOT_A_REACTION} ORDER BY m.date DESC, m.ROWID DESC`,
    []
  )

  const number = (query: string, params: ReadonlyArray<unknown> = []) =>
    SqlSchema.single({
      Request: Schema.Void,
      Result: Schema.Struct({ n: Schema.Int }),
      execute: () => sql.unsafe(query, params)
    })().pipe(
      Effect.map(({ n }) => n),
      Effect.catchTag("NoSuchElementException", () => Effect.succeed(0))
    )

  const sent = (since = 0) =>
    Effect.flatMap(
      sql.unsafe(
        `SELECT m.ROWID AS rowId, m.guid AS guid, cmj.chat_id AS chatId, IFNULL(m.text, '') AS text,
           ${unixMs("m.date")} AS at, m.thread_originator_guid AS replyTo, e.extras AS extras
         FROM message m JOIN chat_message_join cmj ON cmj.message_id = m.ROWID
           LEFT JOIN simulator.extras e ON e.guid = m.guid
         WHERE m.ROWID > ? AND m.is_from_me = 1 AND ${NOT_A_REACTION}
           AND IFNULL(m.associated_message_type, 0) <> ${VOTE_TYPE} ORDER BY m.ROWID`,
        [since]
      ),
      Schema.decodeUnknown(Schema.Array(SentMessage))
    )

  /** The message with this guid, whatever it is. */
  const byGuid = (guid: string) =>
    Effect.map(
      messageRows({ attachments: true, reactions: true }, "WHERE m.guid = ? COLLATE NOCASE", [guid]),
      (rows) => Option.fromNullable(rows[0])
    )

  const sendStatus = (guid: string) =>
    SqlSchema.findOne({
      Request: Schema.String,
      Result: SendStatus,
      execute: (value) =>
        sql.unsafe(
          `SELECT CASE WHEN error <> 0 THEN 'failed' WHEN is_delivered = 1 THEN 'delivered'
             WHEN is_sent = 1 THEN 'sent' ELSE 'pending' END AS state, NULLIF(service, '') AS service, guid, error,
             is_sent AS isSent, is_delivered AS isDelivered, is_finished AS isFinished, is_delayed AS isDelayed,
             IIF(date_delivered > 0, ${unixMs("date_delivered")}, NULL) AS deliveredAt,
             IIF(date_read > 0, ${unixMs("date_read")}, NULL) AS readAt
           FROM message WHERE guid = ? COLLATE NOCASE ORDER BY ROWID DESC LIMIT 1`,
          [value]
        )
    })(guid)

  return {
    chats,
    chat,
    after,
    history,
    newest,
    maxRowId: number("SELECT IFNULL(MAX(ROWID), 0) AS n FROM message"),
    countAfter: (rowId: number) => number("SELECT COUNT(*) AS n FROM message WHERE ROWID > ?", [rowId]),
    sent,
    byGuid,
    sendStatus
  }
}
