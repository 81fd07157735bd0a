/** What sending without a gateway needs where several hosts share the store; loaded there only. */
import { Effect, type Layer } from "effect"
import { holdShard, shardOf } from "../../layers/cluster/holdShard.ts"
import * as OutboundFilesShared from "../../layers/cluster/OutboundFilesShared.ts"
import type { Database } from "../../layers/database/Database.ts"
import * as DatabasePostgres from "../../layers/postgres/DatabasePostgres.ts"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import { AccountElsewhere } from "../../schemas/errors/control.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { groupOfAccount, SHARDS } from "../../schemas/shardGroups.ts"
import { placeOfAccount } from "../../services/Actors.ts"

type ClusterConfig = NonNullable<GatewayConfig["cluster"]>

/** What this command holds the account as: no host is called so. */
const addressOf = ({ name }: ClusterConfig): string => `send by ${process.pid} on ${name}`

export const database = (cluster: ClusterConfig): Layer.Layer<Database, StoreUnavailable> =>
  DatabasePostgres.layer({
    url: cluster.postgres.url,
    name: `${cluster.name} send`,
    address: addressOf(cluster)
  })

export const outboundFiles = OutboundFilesShared.layer

/** Takes the account for as long as the scope, unless a host has it; answers the shard in whose name is written then. */
export const takeAccount = (cluster: ClusterConfig, account: AccountConfig) =>
  Effect.gen(function* () {
    const { id, runsOn } = account
    if (runsOn !== undefined && !runsOn.includes(cluster.name)) {
      return yield* new AccountElsewhere({ account: id, host: runsOn.join(" or ") })
    }
    const shard = shardOf(placeOfAccount(id), groupOfAccount(account), SHARDS)
    const holder = yield* holdShard(shard, addressOf(cluster))
    return holder === undefined ? shard : yield* new AccountElsewhere({ account: id, host: holder })
  })
