/** What is not to be sent any more. */
export const withdrawals = `
-- Why, in words. Its words stay until its turn comes, when it gets its end.
ALTER TABLE outbox ADD COLUMN withdrawn TEXT;
`
