/**
 * The hosts of a cluster and what each has taken, in PostgreSQL: the engine's own storage, on tables of the stores' schema.
 * Whom a group prefers is decided as the hosts are read; that what was taken is still this host's is passed on to the lease.
 * What is held is held by an address: a process that another one has taken the place of is answered nothing.
 */
import {
  ClusterError,
  Runner,
  RunnerStorage,
  type ShardId,
  type ShardingConfig,
  SqlRunnerStorage
} from "@effect/cluster"
import { SqlClient } from "@effect/sql"
import type { SqlError } from "@effect/sql/SqlError"
import { Array as Arr, Duration, Effect, Layer, Option, Order, Schema } from "effect"
import { Lease } from "../../services/Lease.ts"
import type { Self } from "./ownRow.ts"
import { preferred } from "./preferred.ts"
import { EXPIRES, RENEWS, SETTLES } from "./timing.ts"

const secondsOf = (duration: Duration.Duration): string =>
  `INTERVAL '${Duration.toSeconds(duration)} seconds'`

/** A host whose row a later version wrote in a way of its own is none to this one. */
const decodeRunner = Schema.decodeUnknownOption(Schema.parseJson(Runner.Runner))

interface HostRow {
  readonly runner: string
  readonly healthy: boolean
  readonly settled: boolean
}

/**
 * The lease as the engine asks for what it has. It covers everything that this host may still be running: where anything of
 * that was lost it is not renewed until the engine has stopped it and given it back.
 */
const makeRenewal = Effect.map(Lease, (lease) => {
  const held = new Set<string>()
  const note = (change: () => void) => Effect.sync(change)
  const textsOf = (shards: Iterable<ShardId.ShardId>) => Array.from(shards, (shard) => `${shard}`)
  // From before it was asked: the answer may have taken its time.
  const since = <A, E>(asked: Effect.Effect<A, E>, isRenewed: (answer: A) => boolean) =>
    Effect.flatMap(lease.now, (begun) =>
      Effect.tap(asked, (answer) =>
        Effect.flatMap(
          Effect.sync(() => isRenewed(answer)),
          (renews) => (renews ? lease.renew(begun) : Effect.void)
        )
      )
    )
  return {
    /** The first that are taken begin it; of what was held before them nothing is said by that. */
    acquired: <E>(acquiring: Effect.Effect<Array<ShardId.ShardId>, E>) =>
      since(acquiring, (taken) => {
        const isFirst = held.size === 0
        for (const shard of textsOf(taken)) held.add(shard)
        return isFirst && taken.length > 0
      }),
    /** Whoever asks for nothing may still be stopping what it had; what was given back meanwhile is not missing. */
    refreshed: <E>(
      shards: ReadonlyArray<ShardId.ShardId>,
      refreshing: Effect.Effect<Array<ShardId.ShardId>, E>
    ) =>
      Effect.suspend(() => {
        if (shards.length > 0) {
          held.clear()
          for (const shard of textsOf(shards)) held.add(shard)
        }
        const asked = [...held]
        return since(refreshing, (kept) => {
          const still = new Set(textsOf(kept))
          return asked.every((shard) => still.has(shard) || !held.has(shard))
        })
      }),
    released: (shard: ShardId.ShardId) => note(() => held.delete(`${shard}`)),
    releasedAll: note(() => held.clear())
  }
})

/** Fails once another process has the name of this one. */
const makeStillHere = ({ incarnation, name }: Pick<Self, "incarnation" | "name">) =>
  Effect.map(SqlClient.SqlClient, (sql) =>
    sql`SELECT 1 FROM hosts WHERE name = ${name} AND incarnation <> ${incarnation}`.pipe(
      Effect.filterOrFail(
        (rows) => rows.length === 0,
        () => new Error(`another process runs as ${name} by now`)
      ),
      ClusterError.PersistenceError.refail,
      Effect.withTracerEnabled(false)
    )
  )

const make = Effect.fnUntraced(function* (self: Pick<Self, "incarnation" | "name">) {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()
  const renewal = yield* makeRenewal
  const stillHere = yield* makeStillHere(self)
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
  /**
   * The stock statement locks each row that it asks for, also of those that others hold, whom it would keep from renewing
   * it, and it would wait for what they write. So it is asked for the rest; in an order, lest two wait for each other.
   */
  const acquireFree: typeof stock.acquire = (address, shardIds) =>
    sql<{ readonly shard_id: string }>`
      SELECT shard_id FROM cluster_locks
      WHERE address <> ${`${address.host}:${address.port}`} AND acquired_at >= now() - ${sql.literal(secondsOf(EXPIRES))}
    `.pipe(
      Effect.timeout(RENEWS),
      ClusterError.PersistenceError.refail,
      Effect.withTracerEnabled(false),
      Effect.flatMap((rows) => {
        const taken = new Set(rows.map(({ shard_id }) => shard_id))
        const free = Arr.sort(
          Arr.filter(shardIds, (shardId) => !taken.has(String(shardId))),
          Order.mapInput(Order.string, String)
        )
        return free.length === 0 ? Effect.succeed([]) : inTurn(stock.acquire(address, free))
      })
    )
  return RunnerStorage.RunnerStorage.of({
    ...stock,
    getRunners,
    acquire: (address, shardIds) =>
      renewal.acquired(Effect.zipRight(stillHere, acquireFree(address, shardIds))),
    release: (address, shardId) =>
      Effect.zipLeft(inTurn(stock.release(address, shardId)), renewal.released(shardId)),
    releaseAll: (address) => Effect.zipLeft(inTurn(stock.releaseAll(address)), renewal.releasedAll),
    refresh: (address, shardIds) => {
      const asked = [...shardIds]
      return renewal.refreshed(asked, Effect.zipRight(stillHere, inTurn(stock.refresh(address, asked))))
    }
  })
})

/** Of the client's connections it keeps one for what is taken. The tables are there: the stores were opened before. */
export const layer = (
  self: Pick<Self, "incarnation" | "name">
): Layer.Layer<
  RunnerStorage.RunnerStorage,
  SqlError,
  SqlClient.SqlClient | ShardingConfig.ShardingConfig | Lease
> => Layer.scoped(RunnerStorage.RunnerStorage, make(self))
