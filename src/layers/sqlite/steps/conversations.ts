/** What agents remember: conversations, who spoke in them, and what was said. */
export const conversations = `
-- \`number\` is never given twice: what comes late for a conversation that is over finds none. \`whose\` is a person, a
-- group or a session; \`reference\` is what the agent itself calls it.
CREATE TABLE conversations (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  agent_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'group', 'session')),
  whose TEXT NOT NULL,
  reference TEXT,
  began_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  UNIQUE (agent_id, kind, whose)
) STRICT;
CREATE INDEX conversations_last ON conversations (last_at, number);

-- One of each turn. \`bytes\` is how long it is.
CREATE TABLE exchanges (
  seq INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL,
  turn_id TEXT NOT NULL,
  asked TEXT NOT NULL,
  answered TEXT NOT NULL,
  at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  UNIQUE (conversation, turn_id)
) STRICT;
CREATE INDEX exchanges_of ON exchanges (conversation, seq, bytes);
CREATE INDEX exchanges_at ON exchanges (at);

-- By whose handles a conversation ends when they are let go.
CREATE TABLE conversation_handles (
  conversation INTEGER NOT NULL,
  handle TEXT NOT NULL,
  PRIMARY KEY (conversation, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_handles_of ON conversation_handles (handle);

-- Whoever ends a conversation ends all of it.
CREATE TRIGGER conversations_over AFTER DELETE ON conversations BEGIN
  DELETE FROM exchanges WHERE conversation = OLD.number;
  DELETE FROM conversation_handles WHERE conversation = OLD.number;
END;
`
