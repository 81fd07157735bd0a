/** Dead letters that can be tried again; since when what is finished has been so, to remove it in time. */

/** What was finished before this step counts as finished now: how old it really is nobody knows. */
const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

export const retention = `
ALTER TABLE mailbox ADD COLUMN finished_at INTEGER;
UPDATE mailbox SET finished_at = ${NOW} WHERE processed = 1;
CREATE INDEX mailbox_finished ON mailbox (finished_at) WHERE finished_at IS NOT NULL;

ALTER TABLE parts ADD COLUMN settled_at INTEGER;
UPDATE parts SET settled_at = ${NOW} WHERE state IN ('Sent', 'Uncertain', 'Failed');
CREATE INDEX parts_settled ON parts (settled_at) WHERE settled_at IS NOT NULL;

ALTER TABLE turn_members ADD COLUMN begun_at INTEGER NOT NULL DEFAULT 0;
UPDATE turn_members SET begun_at = ${NOW};
CREATE INDEX turn_members_begun ON turn_members (begun_at);

ALTER TABLE history ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0;
UPDATE history SET kept_at = ${NOW};
CREATE INDEX history_kept ON history (kept_at);

-- \`number\` is what people type; it is never given twice. \`is_anyway\`: ordered to be sent although it may have been.
CREATE TABLE numbered_letters (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('turn', 'delivery')),
  id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  session_key TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  payload TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'dead' CHECK (status IN ('dead', 'asked', 'retrying', 'dropped')),
  is_anyway INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 1,
  buried_at INTEGER NOT NULL,
  UNIQUE (kind, id)
) STRICT;
INSERT INTO numbered_letters (kind, id, account_id, session_key, code, message, payload, buried_at)
  SELECT kind, id, account_id, session_key, code, message, payload, buried_at FROM dead_letters ORDER BY buried_at;
DROP TABLE dead_letters;
ALTER TABLE numbered_letters RENAME TO dead_letters;
CREATE INDEX dead_letters_buried ON dead_letters (buried_at);
CREATE INDEX dead_letters_ordered ON dead_letters (number) WHERE status IN ('asked', 'dropped');
`
