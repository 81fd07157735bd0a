/** The audit log. */
export const audit = `
-- \`actor\` and \`event\` are JSON; \`kind\` is the event's tag, of which each has a share of its own.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_kind ON audit (kind, number);
`
