/**
 * The tables of Messages' own chat.db as far as imsg reads them. Dates are nanoseconds since 2001-01-01 UTC, as in
 * Messages. Files of earlier builds have two tables more, which nothing reads.
 */

/** Unix milliseconds of 2001-01-01T00:00:00Z, where the clock of chat.db starts. */
export const APPLE_EPOCH_MS = 978_307_200_000

/** Stored in `PRAGMA user_version`; a file with this number needs no statement of `CREATE` any more. */
export const SCHEMA_VERSION = 1

/** In order of execution; each can be run again. */
export const CREATE: ReadonlyArray<string> = [
  `CREATE TABLE IF NOT EXISTS handle (
    ROWID INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL,
    uncanonicalized_id TEXT, person_centric_id TEXT, UNIQUE (id, service))`,
  `CREATE TABLE IF NOT EXISTS chat (
    ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, state INTEGER DEFAULT 3,
    account_id TEXT, chat_identifier TEXT, service_name TEXT, room_name TEXT, account_login TEXT,
    last_addressed_handle TEXT, display_name TEXT, group_id TEXT, is_archived INTEGER DEFAULT 0)`,
  `CREATE TABLE IF NOT EXISTS message (
    ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, replace INTEGER DEFAULT 0,
    service_center TEXT, handle_id INTEGER DEFAULT 0, subject TEXT, country TEXT, attributedBody BLOB,
    version INTEGER DEFAULT 10, type INTEGER DEFAULT 0, service TEXT, account TEXT, account_guid TEXT,
    error INTEGER DEFAULT 0, date INTEGER, date_read INTEGER DEFAULT 0, date_delivered INTEGER DEFAULT 0,
    is_delivered INTEGER DEFAULT 0, is_finished INTEGER DEFAULT 0, is_emote INTEGER DEFAULT 0,
    is_from_me INTEGER DEFAULT 0, is_empty INTEGER DEFAULT 0, is_delayed INTEGER DEFAULT 0,
    is_read INTEGER DEFAULT 0, is_system_message INTEGER DEFAULT 0, is_sent INTEGER DEFAULT 0,
    has_dd_results INTEGER DEFAULT 0, cache_has_attachments INTEGER DEFAULT 0, cache_roomnames TEXT,
    item_type INTEGER DEFAULT 0, group_title TEXT, is_audio_message INTEGER DEFAULT 0,
    associated_message_guid TEXT, associated_message_type INTEGER DEFAULT 0, associated_message_emoji TEXT,
    balloon_bundle_id TEXT, payload_data BLOB, destination_caller_id TEXT, date_retracted INTEGER DEFAULT 0,
    date_edited INTEGER DEFAULT 0, reply_to_guid TEXT, thread_originator_guid TEXT,
    thread_originator_part TEXT)`,
  "CREATE INDEX IF NOT EXISTS message_idx_date ON message (date)",
  "CREATE INDEX IF NOT EXISTS message_idx_associated ON message (associated_message_guid) WHERE associated_message_guid IS NOT NULL",
  `CREATE TABLE IF NOT EXISTS chat_message_join (
    chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE,
    message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE,
    message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id))`,
  "CREATE INDEX IF NOT EXISTS chat_message_join_idx_message_id ON chat_message_join (message_id)",
  "CREATE INDEX IF NOT EXISTS chat_message_join_idx_date ON chat_message_join (chat_id, message_date)",
  `CREATE TABLE IF NOT EXISTS chat_handle_join (
    chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE,
    handle_id INTEGER REFERENCES handle (ROWID) ON DELETE CASCADE, UNIQUE (chat_id, handle_id))`,
  `CREATE TABLE IF NOT EXISTS attachment (
    ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, created_date INTEGER DEFAULT 0,
    start_date INTEGER DEFAULT 0, filename TEXT, uti TEXT, mime_type TEXT, transfer_state INTEGER DEFAULT 5,
    is_outgoing INTEGER DEFAULT 0, user_info BLOB, transfer_name TEXT, total_bytes INTEGER DEFAULT 0,
    is_sticker INTEGER DEFAULT 0, sticker_user_info BLOB, hide_attachment INTEGER DEFAULT 0)`,
  `CREATE TABLE IF NOT EXISTS message_attachment_join (
    message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE,
    attachment_id INTEGER REFERENCES attachment (ROWID) ON DELETE CASCADE, UNIQUE (message_id, attachment_id))`
]

/** The tables that `reset` empties; their rowids start over, as after a restore of Messages' database. */
export const MESSAGES_TABLES = [
  "message_attachment_join",
  "attachment",
  "chat_message_join",
  "chat_handle_join",
  "message",
  "chat",
  "handle"
] as const
