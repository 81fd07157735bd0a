/** Files of replies on their way between hosts, in pieces: see layers/cluster/stagedFiles.ts. */
export const stagedFiles = `
CREATE TABLE staged_files (
  delivery_id TEXT COLLATE "C" NOT NULL,
  place BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  copy TEXT COLLATE "C" NOT NULL UNIQUE,
  size BIGINT NOT NULL,
  sha256 TEXT COLLATE "C" NOT NULL,
  kept_at BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, place)
);
CREATE INDEX staged_files_kept ON staged_files (kept_at);
CREATE TABLE staged_pieces (
  copy TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  kept_at BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (copy, number)
);
CREATE INDEX staged_pieces_kept ON staged_pieces (kept_at);
-- Pictures and films do not get smaller.
ALTER TABLE staged_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;
`
