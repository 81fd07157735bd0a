/**
 * The tables of the hosts of a cluster: which there are, and how the accounts are that each of them runs. Times are Unix
 * ms of the database's clock; `status` is of the clock of the host that wrote it.
 */
export const HOSTS_SCHEMA = `
  CREATE TABLE hosts (
    name TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    version TEXT NOT NULL,
    pid BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    clock_behind_ms BIGINT NOT NULL,
    stopped_at BIGINT
  );
  CREATE TABLE account_statuses (
    account_id TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    status TEXT NOT NULL,
    at BIGINT NOT NULL
  );
`
