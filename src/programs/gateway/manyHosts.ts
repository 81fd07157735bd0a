/**
 * One host of a cluster: the same actors over a database that the hosts share. Each actor is on one of them, by locks that
 * stand in that database. Loaded where the config says `cluster`.
 */
import { randomUUID } from "node:crypto"
import { RunnerAddress, RunnerHealth, Sharding, ShardingConfig } from "@effect/cluster"
import { Effect, Layer, Option } from "effect"
import * as AccountsCluster from "../../layers/cluster/AccountsCluster.ts"
import * as AcrossHosts from "../../layers/cluster/AcrossHosts.ts"
import { holderOf } from "../../layers/cluster/holder.ts"
import { followingWith } from "../../layers/cluster/hostEvents.ts"
import * as hostLogs from "../../layers/cluster/hostLogs.ts"
import * as InboundFilesRemote from "../../layers/cluster/InboundFilesRemote.ts"
import * as joinHosts from "../../layers/cluster/joinHosts.ts"
import * as LeaseLive from "../../layers/cluster/LeaseLive.ts"
import * as meetHosts from "../../layers/cluster/meetHosts.ts"
import * as OutboundFilesShared from "../../layers/cluster/OutboundFilesShared.ts"
import type { Self } from "../../layers/cluster/ownRow.ts"
import * as RunnerStorageSql from "../../layers/cluster/RunnerStorageSql.ts"
import * as samePlaces from "../../layers/cluster/samePlaces.ts"
import { shardingTimes } from "../../layers/cluster/timing.ts"
import { Database } from "../../layers/database/Database.ts"
import * as FlowControlOpen from "../../layers/inbox/FlowControlOpen.ts"
import * as MessageStorageSql from "../../layers/mailbox/MessageStorageSql.ts"
import * as strayMessages from "../../layers/mailbox/strayMessages.ts"
import * as DatabasePostgres from "../../layers/postgres/DatabasePostgres.ts"
import * as SqlClientPostgres from "../../layers/postgres/SqlClientPostgres.ts"
import type { Server } from "../../layers/postgres/server.ts"
import * as Snowflakes from "../../layers/process/Snowflakes.ts"
import type { GatewayConfig } from "../../schemas/Config.ts"
import type { ClusterConfig, HostAddress } from "../../schemas/config/resolved.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import {
  groupOfAccount,
  groupOfSession,
  groupsOfHost,
  knownGroupOfSession,
  nameGroup,
  SHARDS,
  shardGroupsOf
} from "../../schemas/shardGroups.ts"
import { Actors, actorsIn, type ShardGroups } from "../../services/Actors.ts"
import { derivedFromConfig } from "../../services/ConfigService.ts"
import type { Lease } from "../../services/Lease.ts"
import * as accountActor from "../account/accountActor.ts"
import { keepGathering } from "../cluster/gatherAbandoned.ts"
import * as runnersPort from "../cluster/runnersPort.ts"
import { hostPort } from "../control/hostPort.ts"
import { type Engine, MAILBOXES, TERMINATION } from "./engine.ts"

/** The groups of a config. */
const groupsOf = (config: GatewayConfig): ShardGroups => {
  const accounts = new Map(config.accounts.map((account) => [account.id, groupOfAccount(account)]))
  return {
    ofAccount: (id) => accounts.get(id) ?? groupOfAccount({}),
    ofSession: groupOfSession(config),
    ofKnownSession: knownGroupOfSession(config)
  }
}

/**
 * By the config as it is now, which a reload may have brought more accounts and agents. Which hosts what it had before runs
 * on, and which groups there are, is as it was at the start: a change of that is one for all hosts, and their start.
 */
const actors = Layer.effect(
  Actors,
  Effect.map(derivedFromConfig(groupsOf), (current) =>
    actorsIn({
      ofAccount: (id) => Effect.runSync(current).ofAccount(id),
      ofSession: (key) => Effect.runSync(current).ofSession(key),
      ofKnownSession: (key) => Effect.runSync(current).ofKnownSession(key)
    })
  )
)

/** As it stands in a URL. */
const inUrl = ({ host, port }: HostAddress): HostAddress => ({
  host: host.includes(":") ? `[${host}]` : host,
  port
})

const shardingOf = (config: GatewayConfig, { address, name }: ClusterConfig) => {
  const { host, port } = inUrl(address)
  return ShardingConfig.layer({
    ...shardingTimes,
    runnerAddress: Option.some(RunnerAddress.make(host, port)),
    shardsPerGroup: SHARDS,
    availableShardGroups: [...shardGroupsOf(config), nameGroup(name)],
    assignedShardGroups: [...groupsOfHost(config, name), nameGroup(name)],
    entityTerminationTimeout: TERMINATION,
    simulateRemoteSerialization: false
  })
}

/** The hosts' own tables are there, since the stores were opened before. */
const unreadable = (error: { readonly message: string }) =>
  new StoreUnavailable({ file: "of the cluster", detail: error.message, trouble: "unreachable" })

/** Moves what waits under groups of an earlier config, which no host takes. */
const gathering = (config: GatewayConfig, { address }: ClusterConfig) =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { host, port } = inUrl(address)
      const strays = strayMessages.makeStrayMessages(yield* Database)
      const groups = { ...(yield* Actors).groups, all: shardGroupsOf(config) }
      yield* Effect.forkScoped(
        Effect.interruptible(keepGathering(RunnerAddress.make(host, port), strays, groups))
      )
    })
  )

const runnerOf = (
  config: GatewayConfig,
  cluster: ClusterConfig,
  server: Server,
  self: Self,
  lease: Layer.Layer<Lease>,
  { ofKnownSession }: ShardGroups
): Engine["runner"] =>
  MessageStorageSql.readMore.pipe(
    Layer.provideMerge(gathering(config, cluster)),
    Layer.provideMerge(Sharding.layer),
    Layer.provideMerge(runnersPort.runners(cluster.secret)),
    Layer.provideMerge(strayMessages.layer(Effect.succeed(ofKnownSession))),
    Layer.provideMerge(MessageStorageSql.layer(...MAILBOXES)),
    Layer.provideMerge(
      RunnerStorageSql.layer(self).pipe(
        Layer.provide(SqlClientPostgres.layer(server)),
        Layer.mapError((error) => (error instanceof StoreUnavailable ? error : unreadable(error)))
      )
    ),
    Layer.provide([RunnerHealth.layerNoop, lease]),
    Layer.provide(shardingOf(config, cluster)),
    Layer.provide(Snowflakes.layer)
  )

/** A host of the cluster that the config has. `stateDir` is this host's own. */
export const manyHosts = (config: GatewayConfig, cluster: ClusterConfig): Engine => {
  const { name, postgres, secret } = cluster
  const { host, port } = inUrl(cluster.address)
  const address = `${host}:${port}`
  const self: Self = { name, address, incarnation: randomUUID() }
  const server: Server = { url: postgres.url, name, holder: holderOf(self) }
  const lease = LeaseLive.layer()
  return {
    database: joinHosts
      .layer(self, config)
      .pipe(Layer.provideMerge(DatabasePostgres.layer(server, { waits: true }))),
    runner: Layer.unwrapEffect(
      Effect.map(Actors, ({ groups }) => runnerOf(config, cluster, server, self, lease, groups))
    ),
    actors,
    logs: hostLogs.layer(name),
    lease,
    accounts: AccountsCluster.layer(self, followingWith(secret)),
    flowControl: FlowControlOpen.layer,
    outboundFiles: OutboundFilesShared.layer(config.stateDir),
    acrossHosts: Layer.mergeAll(
      InboundFilesRemote.layer(config.stateDir).pipe(Layer.provideMerge(AcrossHosts.layer)),
      accountActor.layer,
      samePlaces.followConfig(self),
      meetHosts.layer(secret),
      runnersPort.keepOpen(cluster.listen, secret, hostPort(name))
    )
  }
}
