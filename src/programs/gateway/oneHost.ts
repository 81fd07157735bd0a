/** One process: its actors over a file, with nobody to tell and nobody to share with. */

import { RunnerHealth, RunnerStorage, Runners, Sharding, ShardingConfig } from "@effect/cluster"
import { Layer } from "effect"
import * as AccountsLive from "../../layers/events/AccountsLive.ts"
import * as FlowControlLive from "../../layers/inbox/FlowControlLive.ts"
import * as MessageStorageSql from "../../layers/mailbox/MessageStorageSql.ts"
import * as OutboundFilesLive from "../../layers/media/OutboundFilesLive.ts"
import * as Snowflakes from "../../layers/process/Snowflakes.ts"
import * as DatabaseSqlite from "../../layers/sqlite/DatabaseSqlite.ts"
import { SHARDS } from "../../schemas/shardGroups.ts"
import { type Engine, MAILBOXES, TERMINATION } from "./engine.ts"

/** It holds them all. */
const SHARD_GROUPS = ["default", "accounts"]

const runner = MessageStorageSql.readMore.pipe(
  Layer.provideMerge(Sharding.layer),
  Layer.provideMerge(Runners.layerNoop),
  Layer.provideMerge(MessageStorageSql.layer(...MAILBOXES)),
  Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
  Layer.provide(
    ShardingConfig.layer({
      shardsPerGroup: SHARDS,
      availableShardGroups: SHARD_GROUPS,
      assignedShardGroups: SHARD_GROUPS,
      entityTerminationTimeout: TERMINATION,
      // Within one process a message need not be encoded to get from one actor to the other.
      simulateRemoteSerialization: false
    })
  ),
  // Built before all that asks for it, and then shared.
  Layer.provide(Snowflakes.layer)
)

/** `file` is the store. The lock of its folder makes this process the only one that may set a corrupt one aside. */
export const oneHost = (file: string, stateDir: string): Engine => ({
  database: DatabaseSqlite.layer(file, { replacesCorrupt: true }),
  runner,
  actors: Layer.empty,
  logs: Layer.empty,
  lease: Layer.empty,
  accounts: AccountsLive.layer,
  flowControl: FlowControlLive.layer,
  outboundFiles: OutboundFilesLive.layer(stateDir),
  acrossHosts: Layer.empty
})
