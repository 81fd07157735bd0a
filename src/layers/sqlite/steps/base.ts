/** Mailboxes, cursors, histories, parts, pairing, dead letters. */
export const base = `
-- The mailboxes of the actors. \`seq\` is the order in which messages were saved, whatever the clock said.
CREATE TABLE mailbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id INTEGER NOT NULL,
  message_key TEXT UNIQUE,
  shard TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('Request', 'AckChunk', 'Interrupt')),
  request_id INTEGER NOT NULL,
  envelope TEXT NOT NULL,
  deliver_at INTEGER NOT NULL DEFAULT 0,
  processed INTEGER NOT NULL DEFAULT 0,
  last_chunk_id INTEGER,
  exit TEXT
) STRICT;
CREATE INDEX mailbox_waiting ON mailbox (seq) WHERE processed = 0;
CREATE INDEX mailbox_by_request ON mailbox (request_id);
CREATE TABLE mailbox_chunk (
  id INTEGER PRIMARY KEY,
  request_id INTEGER NOT NULL,
  reply TEXT NOT NULL,
  acked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mailbox_chunk_by_request ON mailbox_chunk (request_id, acked);

CREATE TABLE cursors (
  account_id TEXT PRIMARY KEY,
  row_id INTEGER NOT NULL,
  baseline_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  account_id TEXT NOT NULL,
  chat_id INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  guid TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_name TEXT,
  text TEXT NOT NULL,
  PRIMARY KEY (account_id, chat_id, row_id, guid)
) STRICT, WITHOUT ROWID;

-- Which messages were given to an agent at once; only written where more than one can be.
CREATE TABLE turn_members (
  envelope_key TEXT PRIMARY KEY,
  turn_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE parts (
  delivery_id TEXT NOT NULL,
  part_index INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  part TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('Queued', 'Sending', 'Sent', 'Uncertain', 'Failed')),
  tries INTEGER NOT NULL DEFAULT 0,
  tried_at INTEGER,
  after_row_id INTEGER,
  guid TEXT,
  row_id INTEGER,
  detail TEXT,
  PRIMARY KEY (delivery_id, part_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX parts_by_guid ON parts (account_id, guid) WHERE guid IS NOT NULL;

CREATE TABLE pairing_requests (
  account_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  code TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, sender)
) STRICT, WITHOUT ROWID;

CREATE TABLE pairing_approvals (
  account_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  approved_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, sender)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  account_id TEXT NOT NULL,
  session_key TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  payload TEXT NOT NULL,
  buried_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
