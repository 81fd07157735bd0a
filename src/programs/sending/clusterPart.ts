/** What sending without a gateway needs where several hosts share the store; loaded there only. */
import { randomUUID } from "node:crypto"
import { Effect, type Layer } from "effect"
import { holderOf } from "../../layers/cluster/holder.ts"
import { holdShard, shardOf } from "../../layers/cluster/holdShard.ts"
import * as OutboundFilesShared from "../../layers/cluster/OutboundFilesShared.ts"
import type { Database } from "../../layers/database/Database.ts"
import * as DatabasePostgres from "../../layers/postgres/DatabasePostgres.ts"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import { AccountElsewhere } from "../../schemas/errors/control.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { groupOfAccount, mayRunOn, SHARDS } from "../../schemas/shardGroups.ts"
import { placeOfAccount } from "../../services/Actors.ts"

type ClusterConfig = NonNullable<GatewayConfig["cluster"]>

const incarnation = randomUUID()

/** As whom this command holds the account: no host has such an address. */
const holder = ({ name }: ClusterConfig): string =>
  holderOf({ address: `send by ${process.pid} on ${name}`, incarnation })

export const database = (cluster: ClusterConfig): Layer.Layer<Database, StoreUnavailable> =>
  DatabasePostgres.layer({
    url: cluster.postgres.url,
    name: `${cluster.name} send`,
    holder: holder(cluster)
  })

export const outboundFiles = OutboundFilesShared.layer

/** Takes the account for as long as the scope, unless a host has it; answers the shard in whose name is written then. */
export const takeAccount = (cluster: ClusterConfig, account: AccountConfig) =>
  Effect.gen(function* () {
    const { id, runsOn = [] } = account
    if (!mayRunOn(cluster.name, account)) {
      return yield* new AccountElsewhere({ account: id, host: runsOn.join(" or ") })
    }
    const shard = shardOf(placeOfAccount(id), groupOfAccount(account), SHARDS)
    const host = yield* holdShard(shard, holder(cluster))
    return host === undefined ? shard : yield* new AccountElsewhere({ account: id, host })
  })
