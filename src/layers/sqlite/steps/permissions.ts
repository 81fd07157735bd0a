/** What agents asked leave for. */
export const permissions = `
-- \`code\` is null where nobody was asked, and once it was used. \`decided_at\` is null while an owner is waited for;
-- \`decided_by\` says in words who decided. \`title\` is in the agent's words. No number is given twice.
CREATE TABLE permissions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT UNIQUE,
  agent_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  turn_id TEXT NOT NULL,
  chat TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  expires_at INTEGER,
  decided_at INTEGER,
  allowed INTEGER,
  reason TEXT,
  decided_by TEXT
) STRICT;
CREATE INDEX permissions_waiting ON permissions (number) WHERE decided_at IS NULL;
CREATE INDEX permissions_decided ON permissions (decided_at);
`
