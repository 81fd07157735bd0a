/** Two hosts on one store, each with its shards. */
import {
  MessageStorage,
  RunnerHealth,
  RunnerStorage,
  Runners,
  Sharding,
  ShardingConfig
} from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, Ref } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as MessageStorageSql from "../../../src/layers/mailbox/MessageStorageSql.ts"
import { addressOf, numberOf, plain, shard } from "../../support/clusterMessages.ts"
import { onOneHost, settled, sharedStore } from "../../support/severalHosts.ts"

/** An engine without a runner, which only keeps how often it was to look. */
const countedIn = (looks: Ref.Ref<number>) =>
  Layer.effect(
    Sharding.Sharding,
    Effect.map(Sharding.Sharding, (sharding) =>
      Sharding.Sharding.of({ ...sharding, pollStorage: Ref.update(looks, (count) => count + 1) })
    )
  ).pipe(
    Layer.provide(Sharding.layer),
    Layer.provide(Runners.layerNoop),
    Layer.provide([
      MessageStorage.layerNoop,
      RunnerStorage.layerMemory,
      RunnerHealth.layerNoop,
      ShardingConfig.layer({ runnerAddress: Option.none() })
    ])
  )

/** A host that has one shard. */
const startHost = (own: number) =>
  Effect.gen(function* () {
    const looks = yield* Ref.make(0)
    const host = yield* onOneHost(
      MessageStorageSql.readMore.pipe(
        Layer.provide(countedIn(looks)),
        Layer.provideMerge(MessageStorageSql.layer(() => 1000))
      )
    )
    const storage = Context.get(host, MessageStorage.MessageStorage)
    const read = Effect.map(storage.unprocessedMessages([shard(own)]), (messages) =>
      messages.map(({ envelope }) => numberOf(envelope.requestId))
    )
    // Whose shard it is, is known from the first look on.
    yield* read
    yield* settled
    return { storage, read, looks: Ref.getAndSet(looks, 0) }
  })

const hosting = (
  what: string,
  test: (
    one: Effect.Effect.Success<ReturnType<typeof startHost>>,
    other: Effect.Effect.Success<ReturnType<typeof startHost>>
  ) => Effect.Effect<void, unknown, Database>
) =>
  it.effect(what, () =>
    Effect.all([startHost(1), startHost(2)]).pipe(
      Effect.flatMap(([one, other]) => test(one, other)),
      Effect.scoped,
      Effect.provide(sharedStore)
    )
  )

describe("a message that another host saved", () => {
  hosting("has the host look whose shard it is for, and no other", (one, other) =>
    Effect.gen(function* () {
      yield* one.storage.saveRequest(plain(1, addressOf("b", 2)))
      yield* settled
      expect([yield* one.looks, yield* other.looks]).toEqual([0, 1])
      expect([yield* one.read, yield* other.read]).toEqual([[], [1]])
    })
  )

  hosting("has nobody look where the engine of its own host knows", (one, other) =>
    Effect.gen(function* () {
      yield* one.storage.saveRequest(plain(1, addressOf("a", 1)))
      yield* settled
      expect([yield* one.looks, yield* other.looks]).toEqual([0, 0])
      expect([yield* one.read, yield* other.read]).toEqual([[1], []])
    })
  )
})

describe("whoever may have missed something", () => {
  hosting("looks through all that waits again", (one) =>
    Effect.gen(function* () {
      const database = yield* Database
      yield* one.storage.saveRequest(plain(1, addressOf("b", 2)))
      expect(yield* one.read).toEqual([])
      yield* database.write(() => database.prepare("UPDATE mailbox SET shard = 'default:1'").run())
      expect(yield* one.read).toEqual([])
      yield* database.write(() => database.tell({ topic: "mailbox", of: "" }))
      yield* settled
      expect(yield* one.looks).toBe(1)
      expect(yield* one.read).toEqual([1])
    })
  )
})
