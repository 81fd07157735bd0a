import { RunnerAddress, RunnerStorage, type ShardId } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Ref, TestClock } from "effect"
import { makeGatherAbandoned } from "../../../src/programs/cluster/gatherAbandoned.ts"

const HERE = RunnerAddress.make("here", 7300)
const GROUPS = { all: ["accounts", "default"], ofSession: () => "default", ofKnownSession: () => undefined }

const gatherAbandoned = (strays: Parameters<typeof makeGatherAbandoned<string>>[1]) =>
  Effect.flatten(makeGatherAbandoned(HERE, strays, GROUPS))

/** A storage in which others have some shards, and what was done with it. */
const storageWith = (taken: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const done = yield* Ref.make<ReadonlyArray<string>>([])
    const note = (what: string) => Ref.update(done, (all) => [...all, what])
    const memory = yield* RunnerStorage.makeMemory
    const layer = Layer.succeed(RunnerStorage.RunnerStorage, {
      ...memory,
      acquire: (_: RunnerAddress.RunnerAddress, shards: Iterable<ShardId.ShardId>) => {
        const free = [...shards].filter((shard) => !taken.includes(`${shard}`))
        return Effect.as(note(`acquire ${free.join(" ")}`), free)
      },
      release: (_: RunnerAddress.RunnerAddress, shard: ShardId.ShardId) => note(`release ${shard}`)
    })
    return { done: Ref.get(done), layer, note }
  })

describe("what waits where no host reads", () => {
  it.effect("is gathered by who has taken its shards, which are given back", () =>
    Effect.gen(function* () {
      const { done, layer, note } = yield* storageWith(["runs:old:2"])
      const strays = {
        without: (groups: ReadonlyArray<string>) =>
          Effect.as(note(`without ${groups.join(" ")}`), ["runs:gone:5", "runs:old:2"]),
        gather: (shards: ReadonlyArray<string>) => Effect.as(note(`gather ${shards.join(" ")}`), 3)
      }
      expect(yield* Effect.provide(gatherAbandoned(strays), layer)).toBe(3)
      expect(yield* done).toEqual([
        "without accounts default",
        "acquire runs:gone:5",
        "gather runs:gone:5",
        "release runs:gone:5"
      ])
    })
  )

  it.effect(
    "is left where another host has it, and its shards are given back where it cannot be gathered",
    () =>
      Effect.gen(function* () {
        const other = yield* storageWith(["runs:old:2"])
        const gather = () => Effect.fail("refused")
        const without = () => Effect.succeed(["runs:old:2"])
        expect(yield* Effect.provide(gatherAbandoned({ without, gather }), other.layer)).toBe(0)
        const free = yield* storageWith([])
        const failed = Effect.flip(gatherAbandoned({ without, gather }))
        expect(yield* Effect.provide(failed, free.layer)).toBe("refused")
        expect(yield* free.done).toEqual(["acquire runs:old:2", "release runs:old:2"])
      })
  )

  it.effect("is nothing where all is in groups of the config, and nothing is asked for then", () =>
    Effect.gen(function* () {
      const { done, layer } = yield* storageWith([])
      const strays = { without: () => Effect.succeed([]), gather: () => Effect.succeed(1) }
      expect(yield* Effect.provide(gatherAbandoned(strays), layer)).toBe(0)
      expect(yield* done).toEqual([])
    })
  )

  it.effect("is left to an agent that is not known here until no host had its shard for ten minutes", () =>
    Effect.gen(function* () {
      const taken: Array<string> = []
      const { layer } = yield* storageWith(taken)
      const moved: Array<string> = []
      const strays = {
        without: () => Effect.succeed(["runs:studio:5"]),
        gather: (shards: ReadonlyArray<string>, groupOf: (sessionKey: string) => string | undefined) =>
          Effect.sync(() => {
            const group = groupOf("agent:extra:main")
            if (group !== undefined) moved.push(...shards.map((shard) => `${shard} to ${group}`))
            return group === undefined ? 0 : 1
          })
      }
      const gather = yield* makeGatherAbandoned(HERE, strays, GROUPS)
      const look = Effect.provide(gather, layer)
      yield* look
      yield* TestClock.adjust("9 minutes")
      yield* look
      // Its host was back for a while.
      taken.push("runs:studio:5")
      yield* look
      taken.pop()
      yield* TestClock.adjust("9 minutes")
      yield* look
      yield* TestClock.adjust("9 minutes")
      expect(yield* look).toBe(0)
      yield* TestClock.adjust("1 minute")
      expect(yield* look).toBe(1)
      expect(moved).toEqual(["runs:studio:5 to default"])
    })
  )
})
