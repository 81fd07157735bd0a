/** What was said lately, and under which handles, so that it is known again when it comes back. */
export const echoes = `
-- A digest of each part that may come back as an incoming row, and the guid of the row that it came back as.
CREATE TABLE fingerprints (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  part_index INTEGER NOT NULL,
  target TEXT NOT NULL,
  digest TEXT NOT NULL,
  after_row INTEGER NOT NULL,
  sent_from INTEGER NOT NULL,
  sent_until INTEGER,
  came_back_as TEXT,
  UNIQUE (delivery_id, part_index)
) STRICT;
CREATE INDEX fingerprints_by_account ON fingerprints (account_id, seq);
CREATE INDEX fingerprints_by_digest ON fingerprints (account_id, digest);

-- The handles that are the account's own. \`known_until\` is null for those that Messages itself named.
CREATE TABLE own_handles (
  account_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  known_until INTEGER,
  PRIMARY KEY (account_id, handle)
) STRICT, WITHOUT ROWID;

-- Parts that are known by their rowid alone.
CREATE INDEX parts_by_row ON parts (account_id, row_id) WHERE guid IS NULL AND row_id IS NOT NULL;
`
