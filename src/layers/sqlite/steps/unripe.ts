/** Rows that wait for what Messages has not written yet. */
export const unripe = `
ALTER TABLE cursors ADD COLUMN unripe TEXT NOT NULL DEFAULT '[]';
`
