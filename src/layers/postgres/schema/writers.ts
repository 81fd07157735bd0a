/** By what it is known whether a transaction was committed whose end was lost: see layers/postgres/became.ts. */
export const writers = `
-- \`writer\` is a process that writes, \`written\` the number of the last transaction that it committed.
CREATE TABLE writers (
  writer TEXT COLLATE "C" PRIMARY KEY,
  written BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL
);
`
