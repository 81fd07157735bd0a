/**
 * The hosts of a cluster and what each has taken, in PostgreSQL: the engine's own storage, on tables that are made here.
 * The engine's would hold times without their zone, which are wrong twice a year, and short names of shards. Whom a group
 * prefers is decided as the hosts are read; that what was taken is still this host's is passed on to the lease.
 */
import { ClusterError, Runner, RunnerStorage, type ShardingConfig, SqlRunnerStorage } from "@effect/cluster"
import { SqlClient } from "@effect/sql"
import type { SqlError } from "@effect/sql/SqlError"
import { Array as Arr, Duration, Effect, Layer, Option, Schema } from "effect"
import { Lease } from "../../services/Lease.ts"
import { preferred } from "./preferred.ts"
import { EXPIRES, SETTLES } from "./timing.ts"

/** Any number: whoever makes the tables waits for who makes them already. */
const MAKES_TABLES = 7_300_116

const secondsOf = (duration: Duration.Duration): string =>
  `INTERVAL '${Duration.toSeconds(duration)} seconds'`

/** `up_since` is when a host came, or came back: a heartbeat after a gap begins anew. */
const TABLES = `
CREATE TABLE cluster_runners (
  machine_id SERIAL PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  runner TEXT NOT NULL,
  healthy BOOLEAN NOT NULL DEFAULT TRUE,
  last_heartbeat TIMESTAMPTZ NOT NULL DEFAULT now(),
  up_since TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE cluster_locks (
  shard_id TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  acquired_at TIMESTAMPTZ NOT NULL
);
CREATE FUNCTION cluster_runner_returns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.last_heartbeat < now() - ${secondsOf(EXPIRES)} THEN NEW.up_since := now(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cluster_runner_returns BEFORE UPDATE ON cluster_runners
  FOR EACH ROW EXECUTE FUNCTION cluster_runner_returns();
`

const makeTables = (sql: SqlClient.SqlClient) => {
  const exists = sql<{ readonly found: boolean }>`
    SELECT to_regclass('cluster_runners') IS NOT NULL AND to_regclass('cluster_locks') IS NOT NULL AS found
  `.pipe(Effect.map((rows) => rows[0]?.found === true))
  const make = sql`SELECT pg_advisory_xact_lock(${MAKES_TABLES})`.pipe(
    Effect.zipRight(exists),
    Effect.flatMap((found) => (found ? Effect.void : sql.unsafe(TABLES).unprepared)),
    sql.withTransaction
  )
  return Effect.flatMap(exists, (found) => (found ? Effect.void : make))
}

/** A host whose row a later version wrote in a way of its own is none to this one. */
const decodeRunner = Schema.decodeUnknownOption(Schema.parseJson(Runner.Runner))

interface HostRow {
  readonly runner: string
  readonly healthy: boolean
  readonly settled: boolean
}

const make = Effect.gen(function* () {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()
  const lease = yield* Lease
  yield* makeTables(sql)
  const stock = yield* SqlRunnerStorage.make({})
  const getRunners = sql<HostRow>`
    SELECT runner, healthy, up_since <= now() - ${sql.literal(secondsOf(SETTLES))} AS settled
    FROM cluster_runners WHERE last_heartbeat > now() - ${sql.literal(secondsOf(EXPIRES))} ORDER BY address
  `.pipe(
    Effect.map((rows) =>
      preferred(
        Arr.filterMap(rows, ({ healthy, runner, settled }) =>
          Option.map(decodeRunner(runner), (read) => ({ runner: read, healthy, settled }))
        )
      )
    ),
    ClusterError.PersistenceError.refail,
    Effect.withTracerEnabled(false)
  )
  return RunnerStorage.RunnerStorage.of({
    ...stock,
    getRunners,
    refresh: (address, shardIds) =>
      Effect.flatMap(lease.now, (begun) =>
        // From before it was asked: the answer may have taken its time.
        Effect.tap(stock.refresh(address, shardIds), lease.renew(begun))
      )
  })
})

/** Makes the tables where there are none. The client's pool keeps one connection for what is taken. */
export const layer: Layer.Layer<
  RunnerStorage.RunnerStorage,
  SqlError,
  SqlClient.SqlClient | ShardingConfig.ShardingConfig | Lease
> = Layer.scoped(RunnerStorage.RunnerStorage, make)
