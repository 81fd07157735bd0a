/** How far apart the clocks of an account's database and of the gateway are. */
export const clocks = `
ALTER TABLE cursors ADD COLUMN clock_behind_ms INTEGER NOT NULL DEFAULT 0;
`
