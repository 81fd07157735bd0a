/**
 * The hosts of a cluster and what each has taken, in PostgreSQL: the engine's own storage, on tables of the stores' schema.
 * Whom a group prefers is decided as the hosts are read; that what was taken is still this host's is passed on to the lease.
 */
import { ClusterError, Runner, RunnerStorage, type ShardingConfig, SqlRunnerStorage } from "@effect/cluster"
import { SqlClient } from "@effect/sql"
import type { SqlError } from "@effect/sql/SqlError"
import { Array as Arr, Duration, Effect, Layer, Option, Schema } from "effect"
import { Lease } from "../../services/Lease.ts"
import { preferred } from "./preferred.ts"
import { EXPIRES, SETTLES } from "./timing.ts"

const secondsOf = (duration: Duration.Duration): string =>
  `INTERVAL '${Duration.toSeconds(duration)} seconds'`

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
  const stock = yield* SqlRunnerStorage.make({})
  // All of them go by one connection, which takes one query at a time.
  const oneByOne = (yield* Effect.makeSemaphore(1)).withPermits(1)
  // What fails is told to whoever asked: the engine asks in fibers of its own, and mends its connection in others.
  const inTurn = <A, E>(asked: Effect.Effect<A, E>) =>
    oneByOne(Effect.withUnhandledErrorLogLevel(asked, Option.none()))
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
    acquire: (address, shardIds) => inTurn(stock.acquire(address, shardIds)),
    release: (address, shardId) => inTurn(stock.release(address, shardId)),
    releaseAll: (address) => inTurn(stock.releaseAll(address)),
    refresh: (address, shardIds) =>
      Effect.flatMap(lease.now, (begun) =>
        // From before it was asked: the answer may have taken its time.
        Effect.tap(inTurn(stock.refresh(address, shardIds)), lease.renew(begun))
      )
  })
})

/** Of the client's connections it keeps one for what is taken. The tables are there: the stores were opened before. */
export const layer: Layer.Layer<
  RunnerStorage.RunnerStorage,
  SqlError,
  SqlClient.SqlClient | ShardingConfig.ShardingConfig | Lease
> = Layer.scoped(RunnerStorage.RunnerStorage, make)
