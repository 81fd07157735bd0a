/** Which Messages database an account has been, and since when: an approval is one of the people of that database. */
export const identities = `
CREATE TABLE account_identities (
  account_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  identity TEXT NOT NULL,
  PRIMARY KEY (account_id, since)
) STRICT, WITHOUT ROWID;
`
