/** Refusals, where requests came from, and who is to be told of an approval; files of group histories. */
export const pairing = `
-- A refusal holds until the code would have expired; \`target\` is where the request came from.
ALTER TABLE pairing_requests ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pairing_requests ADD COLUMN target TEXT;

-- Who was let in, by whichever process, and is still to be told by the gateway.
CREATE TABLE approval_notices (
  code TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  target TEXT NOT NULL
) STRICT;

ALTER TABLE history ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
`
