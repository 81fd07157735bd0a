/** Messages that wait under shards which their sessions do not have any more, on each database. */
import { EntityAddress, EntityId, EntityType, MessageStorage, ShardId } from "@effect/cluster"
import { describe as describeOnce, expect, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as MessageStorageSql from "../../../src/layers/mailbox/MessageStorageSql.ts"
import * as strayMessages from "../../../src/layers/mailbox/strayMessages.ts"
import * as DatabasePostgres from "../../../src/layers/postgres/DatabasePostgres.ts"
import { addressOf, numberOf, plain, shard } from "../../support/clusterMessages.ts"
import { database, describe } from "../../support/databases.ts"
import { migratedDatabase } from "../../support/postgres.ts"
import { connect } from "../../support/postgresHosts.ts"
import { eventually } from "../../support/simulator.ts"

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

/** Where the messages lie. */
const places = Effect.flatMap(Database, ({ prepare, read }) => {
  const all = prepare<{ readonly id: number; readonly shard: string }>(
    "SELECT id, shard FROM mailbox ORDER BY seq"
  )
  return Effect.map(
    read(() => all.all()),
    (rows) => rows.map(({ id, shard }) => [Number(id), shard])
  )
})

const groupOf = (sessionKey: string) => {
  if (sessionKey.startsWith("agent:coder:")) return "runs:studio,spare"
  return sessionKey.startsWith("agent:unknown:") ? undefined : "default"
}
const CODER = "agent:coder:main"
const MAIN = "agent:main:main"
const MOVED = [1, "runs:studio,spare:5"]

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
      yield* save(7, "runs:gone:5", "agent:unknown:main")
      expect(yield* gather(["default:5", "runs:gone:5"], groupOf)).toBe(2)
      expect(yield* places).toEqual([
        MOVED,
        [2, "default:5"],
        [3, "default:6"],
        [4, "default:5"],
        [5, "default:5"],
        [6, "default:5"],
        [7, "runs:gone:5"]
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
      expect(yield* places).toEqual([[1, "default:5"]])
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

  it.scopedLive("are read where they were put, by who has that shard", () =>
    Effect.gen(function* () {
      const { gather } = strayMessages.makeStrayMessages(yield* Database)
      const storage = yield* MessageStorage.MessageStorage
      const address = EntityAddress.EntityAddress.make({
        entityType: EntityType.EntityType.make("Session"),
        entityId: EntityId.make(CODER),
        shardId: shard(5)
      })
      yield* storage.saveRequest(plain(1, address))
      yield* gather(["default:5"], groupOf)
      const there = ShardId.make("runs:studio,spare", 5)
      expect(yield* storage.unprocessedMessages([shard(5)])).toEqual([])
      const read = yield* storage.unprocessedMessages([there])
      expect(read.map(({ envelope }) => `${envelope.address.shardId}`)).toEqual([`${there}`])
    }).pipe(
      Effect.provide(
        Layer.provideMerge(
          MessageStorageSql.layer(() => 10),
          database
        )
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

describeOnce(
  "a shard that the engine has taken anew, while another host writes for longer than the engine waits",
  () => {
    /** The storage of a host, and a transaction of another one's that nobody writes beside until it is over. */
    const surroundings = Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const storage = yield* Effect.map(
        Layer.build(
          strayMessages
            .layer(Effect.succeed(groupOf))
            .pipe(
              Layer.provideMerge(MessageStorageSql.layer(() => 1000)),
              Layer.provideMerge(DatabasePostgres.layer({ url, name: "here" }))
            )
        ),
        Context.get(MessageStorage.MessageStorage)
      )
      const other = yield* connect(url)
      return {
        storage,
        /** As the engine does it, which does not ask what became of it. */
        reset: storage.resetShards([shard(1)]).pipe(Effect.ignore, Effect.timeoutOption("3 seconds")),
        read: (...shards: ReadonlyArray<ShardId.ShardId>) =>
          Effect.map(storage.unprocessedMessages(shards), (messages) =>
            messages.map(({ envelope }) => numberOf(envelope.requestId))
          ),
        othersWrite: other("BEGIN; LOCK TABLE mailbox IN EXCLUSIVE MODE"),
        haveWritten: other("COMMIT")
      }
    })

    it.scopedLive("is read from its beginning", () =>
      Effect.gen(function* () {
        const { haveWritten, othersWrite, read, reset, storage } = yield* surroundings
        yield* storage.saveRequest(plain(1, addressOf("a", 1)))
        expect(yield* read(shard(1))).toEqual([1])
        yield* othersWrite
        yield* reset
        yield* haveWritten
        expect(yield* read(shard(1))).toEqual([1])
      })
    )

    it.scopedLive("is read only once what belongs to others was moved, and what else there is at once", () =>
      Effect.gen(function* () {
        const { haveWritten, othersWrite, read, reset, storage } = yield* surroundings
        const stray = EntityAddress.EntityAddress.make({
          entityType: EntityType.EntityType.make("Session"),
          entityId: EntityId.make(CODER),
          shardId: shard(1)
        })
        yield* storage.saveRequest(plain(1, stray))
        yield* storage.saveRequest(plain(2, addressOf("a", 1)))
        yield* storage.saveRequest(plain(3, addressOf("b", 2)))
        yield* othersWrite
        yield* reset
        expect(yield* read(shard(1), shard(2))).toEqual([3])
        yield* haveWritten
        expect(yield* eventually("the rest", read(shard(1), shard(2)), (ids) => ids.length > 0)).toEqual([2])
      })
    )
  }
)
