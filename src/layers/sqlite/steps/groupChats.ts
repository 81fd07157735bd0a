/** Which chats are one group, and what its sessions are called. */

/** The groups of the messages that are still there, in the order in which they came. */
const SEEN = `
  SELECT json_extract(envelope, '$.payload.envelope.accountId') AS account_id,
    json_extract(envelope, '$.payload.envelope.chatId') AS chat_id,
    json_extract(envelope, '$.payload.envelope.chatIdentifier') AS identifier,
    json_extract(envelope, '$.payload.envelope.chatGuid') AS guid
  FROM mailbox WHERE entity_type = 'Session' AND kind = 'Request'
    AND json_extract(envelope, '$.payload.isGroup')
    AND json_extract(envelope, '$.payload.envelope.chatId') IS NOT NULL
    AND json_extract(envelope, '$.payload.envelope.chatIdentifier') IS NOT NULL
  ORDER BY seq`

export const groupChats = `
-- The chats of groups, in the database of their account.
CREATE TABLE group_chats (
  account_id TEXT NOT NULL,
  chat_id INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  guid TEXT,
  PRIMARY KEY (account_id, chat_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_chats_of ON group_chats (account_id, identifier, chat_id);

-- What stands for a group in the keys of its sessions, whatever becomes of its chats; and the chat_id that its history
-- is kept under, which is of one database.
CREATE TABLE group_names (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id TEXT NOT NULL,
  identifier TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  history_id INTEGER,
  UNIQUE (account_id, identifier)
) STRICT;

-- The account whose groups are named without it: the first that this store had.
CREATE TABLE first_account (
  only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
  account_id TEXT NOT NULL
) STRICT;

INSERT INTO first_account SELECT 1, account_id FROM cursors WHERE (SELECT count(*) FROM cursors) = 1;
INSERT OR IGNORE INTO group_chats (account_id, chat_id, identifier, guid) ${SEEN};
-- Of two accounts' groups with one name the older one keeps it.
INSERT OR IGNORE INTO group_names (account_id, identifier, name, history_id)
  SELECT account_id, identifier, 'group:' || chat_id, chat_id FROM (${SEEN});
`
