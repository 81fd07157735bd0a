/**
 * The tables of the hosts of a cluster: which there are, and how the accounts are that each of them runs. Times are Unix
 * ms of the database's clock; `status` is of the clock of the host that wrote it. `places` is where its config
 * has what run, as JSON; `incarnation` which process it is, by a text that no other has.
 */
export const hosts = `
CREATE TABLE hosts (
  name TEXT COLLATE "C" PRIMARY KEY,
  address TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  pid BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  clock_behind_ms BIGINT NOT NULL,
  stopped_at BIGINT,
  places TEXT COLLATE "C",
  incarnation TEXT COLLATE "C"
);
CREATE TABLE account_statuses (
  account_id TEXT COLLATE "C" PRIMARY KEY,
  host TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
`
