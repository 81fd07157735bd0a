/** What a host took stays its own over a way to the server that is lost: as soon as a new one is there. */
import { Runner, RunnerAddress, RunnerStorage, ShardId, ShardingConfig } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger, LogLevel, Option, Redacted, Ref, Schedule } from "effect"
import * as LeaseLive from "../../../src/layers/cluster/LeaseLive.ts"
import * as RunnerStorageSql from "../../../src/layers/cluster/RunnerStorageSql.ts"
import { RENEWS, shardingTimes } from "../../../src/layers/cluster/timing.ts"
import * as SqlClientPostgres from "../../../src/layers/postgres/SqlClientPostgres.ts"
import { link } from "../../support/link.ts"
import { migratedDatabase } from "../../support/postgres.ts"

const ADDRESS = RunnerAddress.make("here.local", 7300)
const SHARD = ShardId.make("default", 3)

const opened = Effect.gen(function* () {
  const { url } = yield* migratedDatabase
  const behind = new URL(Redacted.value(url))
  const way = yield* link(Number(behind.port))
  behind.port = String(way.port)
  const context = yield* Layer.build(
    RunnerStorageSql.layer({ name: "here", incarnation: "1" }).pipe(
      Layer.provide(LeaseLive.layer()),
      Layer.provide(SqlClientPostgres.layer({ url: Redacted.make(behind.href), name: "here" })),
      Layer.provide(
        ShardingConfig.layer({
          ...shardingTimes,
          runnerAddress: Option.some(ADDRESS),
          shardsPerGroup: 8,
          availableShardGroups: ["default"]
        })
      )
    )
  )
  const storage = Context.get(context, RunnerStorage.RunnerStorage)
  yield* storage.register(Runner.make({ address: ADDRESS, groups: ["default"], weight: 1 }), true)
  yield* storage.acquire(ADDRESS, [SHARD])
  return { way, storage }
})

/** As the engine does it: all that it asks for, over and over. */
const renewing = ({ getRunners, refresh }: RunnerStorage.RunnerStorage["Type"]) =>
  Effect.all([Effect.timeout(refresh(ADDRESS, [SHARD]), RENEWS), Effect.timeout(getRunners, RENEWS)], {
    concurrency: "unbounded"
  })

describe("over a way that swallows everything", () => {
  it.scopedLive(
    "locks are renewed soon after new connections can be made, also where the old ones never end",
    () =>
      Effect.gen(function* () {
        const { storage, way } = yield* opened
        expect((yield* renewing(storage))[0]).toEqual([SHARD])
        yield* way.set("swallowed")
        for (let round = 0; round < 3; round++) {
          expect((yield* Effect.either(renewing(storage)))._tag).toBe("Left")
        }
        yield* way.set("forgotten")
        const [renewed] = yield* renewing(storage).pipe(
          Effect.retry(Schedule.spaced("100 millis")),
          Effect.timeout("7 seconds")
        )
        expect(renewed).toEqual([SHARD])
      })
  )

  it.scopedLive("a failure is told to whoever asked, and to nobody else", () =>
    Effect.gen(function* () {
      const lines = yield* Ref.make<ReadonlyArray<unknown>>([])
      const logger = Logger.make(({ message }) =>
        Effect.runSync(Ref.update(lines, (all) => [...all, message]))
      )
      yield* Effect.gen(function* () {
        const { storage, way } = yield* opened
        yield* way.set("reset")
        for (let round = 0; round < 3; round++) {
          expect((yield* Effect.either(renewing(storage)))._tag).toBe("Left")
          yield* Effect.sleep("200 millis")
        }
      }).pipe(
        Logger.withMinimumLogLevel(LogLevel.All),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      expect(JSON.stringify(yield* Ref.get(lines))).not.toContain("unhandled")
    })
  )
})
