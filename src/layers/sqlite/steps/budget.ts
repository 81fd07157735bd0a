/** What persons and chats have cost within the last day, and which budgets were used up. */
export const budget = `
CREATE TABLE budget_turns (
  turn_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  person TEXT NOT NULL,
  chat TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  parts INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_turns_of_person ON budget_turns (account_id, person, begun_at);
CREATE INDEX budget_turns_of_chat ON budget_turns (account_id, chat, begun_at, parts);

CREATE TABLE budget_exceeded (
  account_id TEXT NOT NULL,
  budget TEXT NOT NULL,
  subject TEXT NOT NULL,
  since INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  PRIMARY KEY (account_id, budget, subject)
) STRICT, WITHOUT ROWID;
`
