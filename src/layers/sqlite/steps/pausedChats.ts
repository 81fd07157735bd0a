/** Chats that gave the gateway's own words back. */
export const pausedChats = `
-- \`chat\` is where its replies go. \`until\` is null where its owner has to resume it; what is over still counts.
CREATE TABLE paused_chats (
  account_id TEXT NOT NULL,
  chat TEXT NOT NULL,
  times INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  PRIMARY KEY (account_id, chat)
) STRICT, WITHOUT ROWID;
`
