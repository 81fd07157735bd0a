/**
 * The hosts of a cluster and what each has taken, in PostgreSQL: the engine's own storage, on tables of the stores' schema.
 * Whom a group prefers is decided as the hosts are read; that what was taken is still this host's is passed on to the lease.
 * What is held is held by a process and not by an address; a process that another one has taken the place of is answered
 * nothing, and gives back only what is its own.
 */
import {
  ClusterError,
  Runner,
  RunnerAddress,
  RunnerStorage,
  type ShardId,
  type ShardingConfig,
  SqlRunnerStorage
} from "@effect/cluster"
import { SqlClient } from "@effect/sql"
import type { SqlError } from "@effect/sql/SqlError"
import { Array as Arr, type Cause, Duration, Effect, Layer, Option, Order, Schema } from "effect"
import { Lease } from "../../services/Lease.ts"
import { holderOf } from "./holder.ts"
import type { Self } from "./ownRow.ts"
import { preferred } from "./preferred.ts"
import { EXPIRES, RENEWS, SETTLES } from "./timing.ts"

const secondsOf = (duration: Duration.Duration): string =>
  `INTERVAL '${Duration.toSeconds(duration)} seconds'`

/** A host whose row a later version wrote in a way of its own is none to this one. */
const decodeRunner = Schema.decodeUnknownOption(Schema.parseJson(Runner.Runner))

type Process = Pick<Self, "incarnation" | "name">

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

const ask = <A>(asked: Effect.Effect<A, SqlError | Cause.TimeoutException>) =>
  asked.pipe(ClusterError.PersistenceError.refail, Effect.withTracerEnabled(false))

/** Fails once another process has the name of this one. */
const makeStillHere = (sql: SqlClient.SqlClient, { incarnation, name }: Process) =>
  ask(sql`SELECT 1 FROM hosts WHERE name = ${name} AND incarnation <> ${incarnation}`).pipe(
    Effect.filterOrFail(
      (rows) => rows.length === 0,
      () => new ClusterError.PersistenceError({ cause: new Error(`another process runs as ${name} by now`) })
    )
  )

/** The hosts as the engine is to see them, whose heartbeats are not too old. */
const makeGetRunners = (sql: SqlClient.SqlClient) =>
  Effect.map(
    ask(sql<HostRow>`
      SELECT runner, healthy, up_since <= now() - ${sql.literal(secondsOf(SETTLES))} AS settled
      FROM cluster_runners WHERE last_heartbeat > now() - ${sql.literal(secondsOf(EXPIRES))} ORDER BY address
    `),
    (rows) =>
      preferred(
        Arr.filterMap(rows, ({ healthy, runner, settled }) =>
          Option.map(decodeRunner(runner), (read) => ({ runner: read, healthy, settled }))
        )
      )
  )

type Locks = Pick<RunnerStorage.RunnerStorage["Type"], "acquire" | "refresh" | "release" | "releaseAll">

/**
 * What each process holds, by the stock storage, which is told of who holds as it is of an address. It locks each row that
 * it asks for, also of those that others hold, whom it would keep from renewing it, and it would wait for what they write.
 * So it is asked for the rest; in an order, lest two wait for each other.
 */
const makeLocks = (sql: SqlClient.SqlClient, stock: Locks, { incarnation }: Process): Effect.Effect<Locks> =>
  Effect.map(Effect.makeSemaphore(1), (oneByOne) => {
    // All of them go by one connection, which takes one query at a time. What fails is told to whoever asked: the engine
    // asks in fibers of its own, and mends its connection in others.
    const inTurn = <A, E>(asked: Effect.Effect<A, E>) =>
      oneByOne.withPermits(1)(Effect.withUnhandledErrorLogLevel(asked, Option.none()))
    const holder = ({ host, port }: RunnerAddress.RunnerAddress) =>
      RunnerAddress.make(holderOf({ address: host, incarnation }), port)
    const takenFrom = ({ host, port }: RunnerAddress.RunnerAddress) =>
      ask(
        Effect.timeout(
          sql<{ readonly shard_id: string }>`
            SELECT shard_id FROM cluster_locks
            WHERE address <> ${`${host}:${port}`} AND acquired_at >= now() - ${sql.literal(secondsOf(EXPIRES))}`,
          RENEWS
        )
      )
    return {
      acquire: (address, shardIds) =>
        Effect.flatMap(takenFrom(holder(address)), (rows) => {
          const taken = new Set(rows.map(({ shard_id }) => shard_id))
          const free = Arr.sort(
            Arr.filter(shardIds, (shardId) => !taken.has(String(shardId))),
            Order.mapInput(Order.string, String)
          )
          return free.length === 0 ? Effect.succeed([]) : inTurn(stock.acquire(holder(address), free))
        }),
      refresh: (address, shardIds) => inTurn(stock.refresh(holder(address), shardIds)),
      release: (address, shardId) => inTurn(stock.release(holder(address), shardId)),
      releaseAll: (address) => inTurn(stock.releaseAll(holder(address)))
    }
  })

const make = Effect.fnUntraced(function* (self: Process) {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()
  const renewal = yield* makeRenewal
  const stillHere = makeStillHere(sql, self)
  const stock = yield* SqlRunnerStorage.make({})
  const locks = yield* makeLocks(sql, stock, self)
  // The stock storage does it as it renews the locks, for the address that it has of who holds them.
  const beat = ({ host, port }: RunnerAddress.RunnerAddress) =>
    ask(sql`UPDATE cluster_runners SET last_heartbeat = now() WHERE address = ${`${host}:${port}`}`)
  return RunnerStorage.RunnerStorage.of({
    ...stock,
    getRunners: makeGetRunners(sql),
    register: (runner, healthy) => Effect.zipRight(stillHere, stock.register(runner, healthy)),
    unregister: (address) => Effect.zipRight(stillHere, stock.unregister(address)),
    acquire: (address, shardIds) =>
      renewal.acquired(Effect.zipRight(stillHere, locks.acquire(address, shardIds))),
    release: (address, shardId) => Effect.zipLeft(locks.release(address, shardId), renewal.released(shardId)),
    releaseAll: (address) => Effect.zipLeft(locks.releaseAll(address), renewal.releasedAll),
    refresh: (address, shardIds) => {
      const asked = [...shardIds]
      return renewal.refreshed(
        asked,
        stillHere.pipe(Effect.zipRight(beat(address)), Effect.zipRight(locks.refresh(address, asked)))
      )
    }
  })
})

/** Of the client's connections it keeps one for what is taken. The tables are there: the stores were opened before. */
export const layer = (
  self: Process
): Layer.Layer<
  RunnerStorage.RunnerStorage,
  SqlError,
  SqlClient.SqlClient | ShardingConfig.ShardingConfig | Lease
> => Layer.scoped(RunnerStorage.RunnerStorage, make(self))
