/** Tokens that open the web interface, and browsers that are signed in. */
export const webAccess = `
-- \`digest\` is the token's SHA-256: the token itself is shown once, and kept by nobody. \`scopes\` is null for all.
CREATE TABLE access_tokens (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scopes TEXT,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;

-- \`digest\` is that of the cookie, \`token_digest\` that of the token which the browser signed in with.
CREATE TABLE web_sessions (
  digest TEXT NOT NULL PRIMARY KEY,
  token_digest TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_sessions_of_token ON web_sessions (token_digest);
`
