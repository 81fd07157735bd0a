/** What is known of a failure beyond its reason. */
export const letterReports = `
-- With what the agent said: agents repeat what they were told. In letters from before, the reason has it.
ALTER TABLE dead_letters ADD COLUMN report TEXT;
`
