/** Messages that people stopped. */
export const stops = `
-- \`seq\` is that of the message in the mailbox: once it is done there nobody asks about it any more.
CREATE TABLE stopped_messages (
  envelope_key TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (envelope_key, attempt)
) STRICT, WITHOUT ROWID;
`
