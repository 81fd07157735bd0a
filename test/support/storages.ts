/** The cluster's message storage, ours and the stock one, and what a test sees of it. */
import { type Message, MessageStorage, ShardingConfig, SqlMessageStorage } from "@effect/cluster"
import { it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import type { Database } from "../../src/layers/database/Database.ts"
import * as MessageStorageSql from "../../src/layers/mailbox/MessageStorageSql.ts"
import * as SqlClientSqlite from "../../src/layers/sqlite/SqlClientSqlite.ts"
import { type counting, idOf, numberOf, shard } from "./clusterMessages.ts"
import { database, databases } from "./databases.ts"

/** The time at which every test begins. */
export const NOW = Date.parse("2026-01-01T00:00:00Z")

const oursOn = (store: Layer.Layer<Database>) =>
  Layer.provideMerge(
    MessageStorageSql.layer(() => 1000),
    store
  )
const stock = Layer.orDie(
  SqlMessageStorage.layer.pipe(Layer.provide([SqlClientSqlite.layer(":memory:"), ShardingConfig.layer()]))
)

/** What a message is and which it is: an acknowledgement or interrupt has an id of its own. */
const nameOf = ({ envelope }: Message.Incoming<never>): string =>
  envelope._tag === "Request"
    ? `Request ${numberOf(envelope.requestId)}`
    : `${envelope._tag} ${numberOf(envelope.id)}`

/** The names of requests. */
export const requests = (...ids: ReadonlyArray<number>) => ids.map((id) => `Request ${id}`)

/** The messages of shards that wait and were not read before. */
export const unread = (...shards: ReadonlyArray<number>) =>
  Effect.flatMap(MessageStorage.MessageStorage, (storage) =>
    storage.unprocessedMessages((shards.length === 0 ? [1] : shards).map(shard))
  ).pipe(Effect.map((messages) => messages.map(nameOf)))

/** Those of the requests that wait, whether they were read or not. */
export const byId = (...ids: ReadonlyArray<number>) =>
  Effect.flatMap(MessageStorage.MessageStorage, (storage) =>
    storage.unprocessedMessagesById(ids.map(idOf))
  ).pipe(Effect.map((messages) => messages.map(nameOf)))

/** Every reply to requests that is kept, as its kind and number. */
export const replies = (...ids: ReadonlyArray<number>) =>
  Effect.flatMap(MessageStorage.MessageStorage, (storage) =>
    storage.repliesForUnfiltered(ids.map(idOf))
  ).pipe(Effect.map((all) => all.map(({ _tag, id }) => `${_tag} ${Number(BigInt(id) - idOf(0))}`)))

/** What the other side has not seen yet of the replies to a request. */
export const pending = (request: ReturnType<typeof counting>) =>
  Effect.flatMap(MessageStorage.MessageStorage, (storage) => storage.repliesFor([request])).pipe(
    Effect.map((all) => all.map(({ _tag, id }) => `${_tag} ${numberOf(id)}`))
  )

type Storage = MessageStorage.MessageStorage["Type"]

const storingOn =
  <R>(layer: Layer.Layer<MessageStorage.MessageStorage | R>) =>
  (
    what: string,
    test: (storage: Storage) => Effect.Effect<void, unknown, MessageStorage.MessageStorage | R>
  ): void =>
    it.effect(what, () =>
      TestClock.setTime(NOW).pipe(
        Effect.zipRight(Effect.flatMap(MessageStorage.MessageStorage, test)),
        Effect.provide(layer)
      )
    )

/** A test of our storage, on the database of its suite. */
export const onOurs = storingOn(oursOn(database))

/** The storages that tests are run on, and the test for each. */
export const storages = [
  ...databases.map(({ layer, name }) => ({ name: `the storage ${name}`, storing: storingOn(oursOn(layer)) })),
  { name: "the stock storage", storing: storingOn(stock) }
]
