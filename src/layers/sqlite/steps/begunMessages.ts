/** Messages that an agent with tools was given. */
export const begunMessages = `
-- \`attempt\` is that of their turn. \`is_over\`: the agent had nothing to say, which leaves no other trace.
CREATE TABLE begun_messages (
  envelope_key TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  begun_at INTEGER NOT NULL,
  is_over INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (envelope_key, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX begun_messages_begun ON begun_messages (begun_at);
`
