/** Parts that are left out, what the Mac cannot do, and nothing depends on; and what others were sent without. */

/** As a part without words is written down: it stays what it was when this step was released. */
const WORDLESS = `'{"_tag":"Text","text":""}'`

export const leftOut = `
-- SQLite changes no CHECK: the table is written anew as it was, with one state and one column more.
CREATE TABLE parts_with_left_out (
  delivery_id TEXT NOT NULL,
  part_index INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  part TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('Queued', 'Sending', 'Sent', 'Uncertain', 'Failed', 'LeftOut')),
  tries INTEGER NOT NULL DEFAULT 0,
  tried_at INTEGER,
  after_row_id INTEGER,
  guid TEXT,
  row_id INTEGER,
  detail TEXT,
  settled_at INTEGER,
  lacks TEXT,
  PRIMARY KEY (delivery_id, part_index)
) STRICT, WITHOUT ROWID;
INSERT INTO parts_with_left_out
    (delivery_id, part_index, account_id, part, state, tries, tried_at, after_row_id, guid, row_id, detail, settled_at)
  SELECT delivery_id, part_index, account_id, part, state, tries, tried_at, after_row_id, guid, row_id, detail, settled_at
  FROM parts;
DROP TABLE parts;
ALTER TABLE parts_with_left_out RENAME TO parts;
CREATE INDEX parts_by_guid ON parts (account_id, guid) WHERE guid IS NOT NULL;
CREATE INDEX parts_by_row ON parts (account_id, row_id) WHERE guid IS NULL AND row_id IS NOT NULL;
CREATE INDEX parts_settled ON parts (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX parts_with_words ON parts (settled_at, delivery_id, part_index)
  WHERE settled_at IS NOT NULL AND part <> ${WORDLESS};
-- What was said in a chat, newest first.
CREATE INDEX outbox_said ON outbox (account_id, chat, seq);
`
