/** By what an account's chat.db is known again: rows of it, as JSON, and the latest time of all that were seen. */
export const landmarks = `
ALTER TABLE cursors ADD COLUMN newest_at INTEGER;
ALTER TABLE cursors ADD COLUMN landmarks TEXT NOT NULL DEFAULT '[]';
`
