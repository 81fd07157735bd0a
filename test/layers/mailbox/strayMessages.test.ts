/** Messages that wait under shards which their sessions do not have any more, on each database. */
import { MessageStorage, ShardId } from "@effect/cluster"
import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as strayMessages from "../../../src/layers/mailbox/strayMessages.ts"
import { database, describe } from "../../support/databases.ts"

/** A message in the mailbox, as the engine has written it. */
const save = (id: number, shard: string, entityId: string, processed = 0, entityType = "Session") =>
  Effect.flatMap(Database, ({ prepare, write }) => {
    const add = prepare(`
      INSERT INTO mailbox (id, message_key, shard, entity_type, entity_id, kind, request_id, envelope, processed)
      VALUES (?, ?, ?, ?, ?, 'Request', ?, ?, ?)`)
    const [group, number] = [shard.slice(0, shard.lastIndexOf(":")), shard.slice(shard.lastIndexOf(":") + 1)]
    const address = { shardId: { group, id: Number(number) }, entityType, entityId }
    const envelope = processed
      ? "{}"
      : JSON.stringify({ _tag: "Request", address, tag: "Inbound", payload: { id } })
    return write(() => add.run(id, `key ${id}`, shard, entityType, entityId, id, envelope, processed))
  })

/** Where the messages lie, and what shard their envelopes say. */
const places = Effect.flatMap(Database, ({ prepare, read }) => {
  const all = prepare<{ readonly id: number; readonly shard: string; readonly envelope: string }>(
    "SELECT id, shard, envelope FROM mailbox ORDER BY seq"
  )
  return Effect.map(
    read(() => all.all()),
    (rows) =>
      rows.map(({ envelope, id, shard }) => [Number(id), shard, JSON.parse(envelope).address?.shardId])
  )
})

const groupOf = (sessionKey: string) =>
  sessionKey.startsWith("agent:coder:") ? "runs:studio,spare" : "default"
const CODER = "agent:coder:main"
const MAIN = "agent:main:main"
const MOVED = [1, "runs:studio,spare:5", { group: "runs:studio,spare", id: 5 }]

describe("messages under a shard that is not their session's", () => {
  it.scopedLive("are put where they belong, and others stay", () =>
    Effect.gen(function* () {
      const { gather } = strayMessages.makeStrayMessages(yield* Database)
      yield* save(1, "default:5", CODER)
      yield* save(2, "default:5", MAIN)
      yield* save(3, "default:6", CODER)
      yield* save(4, "default:5", CODER, 1)
      yield* save(5, "runs:gone:5", MAIN)
      yield* save(6, "default:5", CODER, 0, "Other")
      expect(yield* gather(["default:5", "runs:gone:5"], groupOf)).toBe(2)
      expect(yield* places).toEqual([
        MOVED,
        [2, "default:5", { group: "default", id: 5 }],
        [3, "default:6", { group: "default", id: 6 }],
        [4, "default:5", undefined],
        [5, "default:5", { group: "default", id: 5 }],
        [6, "default:5", { group: "default", id: 5 }]
      ])
      expect(yield* gather(["default:5", "runs:gone:5"], groupOf)).toBe(0)
    }).pipe(Effect.provide(database))
  )

  it.scopedLive("are named where no host takes it", () =>
    Effect.gen(function* () {
      const { without } = strayMessages.makeStrayMessages(yield* Database)
      yield* save(1, "default:5", CODER)
      yield* save(2, "runs:gone:5", MAIN)
      yield* save(3, "runs:gone:7", CODER)
      yield* save(4, "runs:old:7", CODER, 1)
      expect(yield* without(["default", "accounts"])).toEqual(["runs:gone:5", "runs:gone:7"])
    }).pipe(Effect.provide(database))
  )

  it.scopedLive("are moved when the engine has taken the shard, before it reads", () =>
    Effect.gen(function* () {
      const storage = yield* MessageStorage.MessageStorage
      yield* save(1, "default:5", CODER)
      yield* storage.resetShards([ShardId.make("default", 6)])
      expect(yield* places).toEqual([[1, "default:5", { group: "default", id: 5 }]])
      yield* storage.resetShards([ShardId.make("default", 5)])
      expect(yield* places).toEqual([MOVED])
    }).pipe(
      Effect.provide(
        strayMessages
          .layer(Effect.succeed(groupOf))
          .pipe(Layer.provide(MessageStorage.layerNoop), Layer.provideMerge(database))
      )
    )
  )

  it.scopedLive("are told of where there are other hosts", () =>
    Effect.gen(function* () {
      const store = yield* Database
      const { gather } = strayMessages.makeStrayMessages(store)
      yield* save(1, "default:5", CODER)
      const heard = yield* Effect.fork(
        store.told.pipe(
          Stream.filter(({ topic }) => topic === "mailbox"),
          // The first is said to everybody who begins to listen.
          Stream.take(2),
          Stream.runCollect
        )
      )
      yield* Effect.sleep("200 millis")
      yield* gather(["default:5"], groupOf)
      const told = [...(yield* Fiber.join(heard))]
      expect(told).toEqual(
        !store.isShared
          ? []
          : [
              { topic: "mailbox", of: "" },
              { topic: "mailbox", of: "" }
            ]
      )
    }).pipe(Effect.provide(database))
  )
})
