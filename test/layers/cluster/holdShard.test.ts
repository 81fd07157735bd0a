import { EntityId, Sharding, ShardingConfig, TestRunner } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { holderOf } from "../../../src/layers/cluster/holder.ts"
import { holdShard, shardOf } from "../../../src/layers/cluster/holdShard.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import * as DatabasePostgres from "../../../src/layers/postgres/DatabasePostgres.ts"
import { placeOfAccount } from "../../../src/services/Actors.ts"
import { onBehalfOfShard } from "../../../src/services/ActsFor.ts"
import { migratedDatabase } from "../../support/postgres.ts"

const SHARD = "accounts:3"

describe("a shard that a command holds", () => {
  it.scoped("is the one that the engine has an actor in", () =>
    Effect.gen(function* () {
      const sharding = yield* Sharding.Sharding
      const { shardsPerGroup } = yield* ShardingConfig.ShardingConfig
      for (const id of ["default", "bot", "home/1", "ü", "a".repeat(300)]) {
        const place = placeOfAccount(id)
        const expected = sharding.getShardId(EntityId.make(place), "runs:studio,spare").toString()
        expect(shardOf(place, "runs:studio,spare", shardsPerGroup)).toBe(expected)
      }
    }).pipe(Effect.provide(Layer.provideMerge(TestRunner.layer, ShardingConfig.layerDefaults)))
  )

  it.scopedLive("is taken once, and not while a host has it; what expired is free", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const database = Layer.orDie(DatabasePostgres.layer({ url: server.url, name: "command" }))
      const context = yield* Layer.build(database)
      const holding = (address: string) => Effect.provide(holdShard(SHARD, address), context)
      const locks = server.query<{ readonly address: string }>("SELECT address FROM cluster_locks")
      yield* Effect.gen(function* () {
        const one = holderOf({ address: "one", incarnation: "1" })
        expect(yield* holding(one)).toBeUndefined()
        expect(yield* Effect.scoped(holding("two"))).toBe("one")
        expect(yield* locks).toEqual([{ address: one }])
      }).pipe(Effect.scoped)
      expect(yield* locks).toEqual([])

      yield* server.query(
        "INSERT INTO hosts VALUES ('studio', 'studio.local:7300', '1.0.0', 1, 0, 0, 0, NULL)"
      )
      const holder = holderOf({ address: "studio.local:7300", incarnation: "of before" })
      yield* server.query(`INSERT INTO cluster_locks VALUES ('${SHARD}', '${holder}', now())`)
      expect(yield* Effect.scoped(holding("one"))).toBe("studio")
      expect(yield* locks).toEqual([{ address: holder }])
      yield* server.query("UPDATE cluster_locks SET acquired_at = now() - INTERVAL '11 seconds'")
      expect(yield* holding("one")).toBeUndefined()
    })
  )

  it.scopedLive("is what is written in the name of, until it is another's", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const written = Effect.gen(function* () {
        expect(yield* holdShard(SHARD, "one")).toBeUndefined()
        const database = yield* Database
        const put = database.prepare("INSERT INTO own_handles (account_id, handle) VALUES ('a', ?)")
        const write = (handle: string) => onBehalfOfShard(SHARD)(database.write(() => put.run(handle)))
        yield* write("before")
        yield* server.query("UPDATE cluster_locks SET address = 'studio.local:7300'")
        return yield* Effect.flip(write("after"))
      })
      const store = DatabasePostgres.layer({ url: server.url, name: "one", holder: "one" })
      const refused = yield* Effect.provide(written, Layer.orDie(store))
      expect(refused).toMatchObject({ trouble: "fenced" })
      expect(yield* server.query("SELECT handle FROM own_handles")).toEqual([{ handle: "before" }])
    })
  )
})
