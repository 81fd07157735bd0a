/** What was decided of each row, and how turns ended. */
export const decisions = `
-- Without words and handles.
CREATE TABLE decisions (
  account_id TEXT NOT NULL,
  row_id INTEGER NOT NULL,
  guid TEXT NOT NULL,
  chat_id INTEGER,
  at INTEGER NOT NULL,
  fate TEXT NOT NULL,
  PRIMARY KEY (account_id, row_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_of_chat ON decisions (account_id, chat_id, row_id);
CREATE INDEX decisions_at ON decisions (at);

CREATE TABLE turn_ends (
  turn_id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'silent', 'failed', 'over-budget', 'stopped')),
  ended_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  code TEXT,
  reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX turn_ends_at ON turn_ends (ended_at);
`
