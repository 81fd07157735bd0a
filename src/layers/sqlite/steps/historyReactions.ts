/** Reactions among what was said in a chat since its last reply; and how it is told whose words they are to. */
export const historyReactions = `
-- The reaction as JSON; null of a message.
ALTER TABLE history ADD COLUMN reaction TEXT;
-- Whether a turn was told it: its words are gone then, and the row stays so that it is not told again.
ALTER TABLE history ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
-- Parts of which nobody has said which row they are.
CREATE INDEX parts_nameless ON parts (account_id, after_row_id) WHERE guid IS NULL;
`
