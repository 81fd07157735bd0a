/** The engine's storage as several processes have it, on one real server. */
import { Runner, RunnerAddress, RunnerStorage, ShardId, ShardingConfig } from "@effect/cluster"
import { Context, Effect, Layer, Option } from "effect"
import * as LeaseLive from "../../../src/layers/cluster/LeaseLive.ts"
import * as RunnerStorageSql from "../../../src/layers/cluster/RunnerStorageSql.ts"
import { shardingTimes } from "../../../src/layers/cluster/timing.ts"
import * as SqlClientPostgres from "../../../src/layers/postgres/SqlClientPostgres.ts"
import { nameGroup } from "../../../src/schemas/shardGroups.ts"
import { Lease } from "../../../src/services/Lease.ts"
import { migratedDatabase } from "../../support/postgres.ts"

/** Longer than the engine's own table would take. */
export const CHOSEN = `runs:${"s".repeat(40)},spare`
export const SHARD = ShardId.make(CHOSEN, 7)

export const addressOf = (name: string) => RunnerAddress.make(`${name}.local`, 7300)
export const runnerOf = (name: string) =>
  Runner.make({ address: addressOf(name), groups: ["default", CHOSEN, nameGroup(name)], weight: 1 })

export const database = Effect.gen(function* () {
  const { query, url } = yield* migratedDatabase
  const open = (name: string, incarnation = name) =>
    Effect.map(
      Layer.build(
        RunnerStorageSql.layer({ name, incarnation }).pipe(
          Layer.provideMerge(LeaseLive.layer()),
          Layer.provide(SqlClientPostgres.layer({ url, name })),
          Layer.provide(
            ShardingConfig.layer({
              ...shardingTimes,
              runnerAddress: Option.some(addressOf(name)),
              shardsPerGroup: 8,
              availableShardGroups: ["default", CHOSEN]
            })
          )
        )
      ),
      (context) => ({
        storage: Context.get(context, RunnerStorage.RunnerStorage),
        lease: Context.get(context, Lease)
      })
    )
  return { query, open, url }
})
