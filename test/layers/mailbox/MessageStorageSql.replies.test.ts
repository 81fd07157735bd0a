/** What the cluster relies on in a message storage: replies and interrupts, and what ours does beyond the stock one. */
import { expect, describe as suite } from "@effect/vitest"
import { Effect, Option, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import {
  ackOf,
  chunkOf,
  counting,
  endOf,
  exitOf,
  idOf,
  interruptOf,
  plain,
  shard
} from "../../support/clusterMessages.ts"
import { describe } from "../../support/databases.ts"
import { byId, onOurs, pending, replies, requests, storages, unread } from "../../support/storages.ts"

for (const { name, storing } of storages) {
  suite(`${name}: replies`, () => {
    storing("hold their request back until the last chunk is acknowledged", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(counting(1))
        yield* storage.saveReply(chunkOf(10, 1, 0))
        expect(yield* unread()).toEqual([])
        expect(yield* byId(1)).toEqual([])
        yield* storage.saveEnvelope(ackOf(20, 1, 10))
        expect(yield* unread()).toEqual(["Request 1", "AckChunk 20"])
      })
    )

    storing("are given to the next runner with the chunk that was sent last", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(counting(1))
        yield* storage.saveReply(chunkOf(10, 1, 0))
        yield* storage.saveEnvelope(ackOf(20, 1, 10))
        const [request] = yield* storage.unprocessedMessages([shard(1)])
        expect(request).toMatchObject({
          lastSentReply: Option.some({ _tag: "Chunk", sequence: 0, values: [0] })
        })
      })
    )

    storing("have one acknowledgement that waits, the latest", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(counting(1))
        for (const at of [0, 1]) {
          yield* storage.saveReply(chunkOf(10 + at, 1, at))
          yield* storage.saveEnvelope(ackOf(20 + at, 1, 10 + at))
        }
        expect(yield* unread()).toEqual(["Request 1", "AckChunk 21"])
      })
    )

    storing("end everything that waits for their request", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(counting(1))
        yield* storage.saveReply(chunkOf(10, 1, 0))
        yield* storage.saveEnvelope(ackOf(20, 1, 10))
        yield* storage.saveEnvelope(interruptOf(30, 1))
        yield* storage.saveReply(endOf(11, 1))
        expect(yield* unread()).toEqual([])
      })
    )

    storing("that are cleared make their request wait again", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1))
        yield* unread()
        yield* storage.saveReply(exitOf(10, 1))
        yield* storage.clearReplies(idOf(1))
        expect(yield* replies(1)).toEqual([])
        expect(yield* unread()).toEqual(requests(1))
      })
    )

    storing("that are cleared leave those of other requests", (storage) =>
      Effect.gen(function* () {
        for (const id of [1, 2]) {
          yield* storage.saveRequest(plain(id))
          yield* storage.saveReply(exitOf(10 + id, id))
        }
        yield* storage.clearReplies(idOf(1))
        expect(yield* replies(1, 2)).toEqual(["WithExit 12"])
      })
    )
  })

  suite(`${name}: an interrupt`, () => {
    storing("comes out after its request", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1))
        yield* storage.saveEnvelope(interruptOf(30, 1))
        expect(yield* unread()).toEqual(["Request 1", "Interrupt 30"])
      })
    )

    storing("does not come out by the id of its request", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1))
        yield* storage.saveEnvelope(interruptOf(30, 1))
        expect(yield* byId(1)).toEqual(requests(1))
      })
    )

    storing("of a request that is processed does not come out", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1))
        yield* storage.saveReply(exitOf(10, 1))
        yield* storage.saveEnvelope(interruptOf(30, 1))
        expect(yield* unread()).toEqual([])
      })
    )

    storing("is gone when the replies to its request are cleared", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1))
        yield* storage.saveEnvelope(interruptOf(30, 1))
        yield* storage.saveReply(exitOf(10, 1))
        yield* storage.clearReplies(idOf(1))
        expect(yield* unread()).toEqual(requests(1))
      })
    )
  })
}

describe("the storage, unlike the stock one,", () => {
  onOurs("has messages in the order in which they were saved, whatever their ids say", (storage) =>
    Effect.gen(function* () {
      for (const id of [3, 1, 2]) yield* storage.saveRequest(plain(id))
      expect(yield* unread()).toEqual(requests(3, 1, 2))
    })
  )

  onOurs("keeps that order where they are saved in the same moment", (storage) =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 30 }, (_, at) => 30 - at)
      yield* Effect.forEach(ids, (id) => storage.saveRequest(plain(id)), { concurrency: "unbounded" })
      expect(yield* unread()).toEqual(requests(...ids))
    })
  )

  onOurs("has a message again that was read long ago, by the clock of the program", (storage) =>
    Effect.gen(function* () {
      yield* storage.saveRequest(plain(1))
      yield* unread()
      yield* TestClock.adjust("5 minutes")
      yield* storage.saveRequest(plain(2))
      expect(yield* unread()).toEqual(requests(2))
      yield* TestClock.adjust("6 minutes")
      expect(yield* unread()).toEqual(requests(1))
    })
  )

  onOurs("fails as one whose store cannot be written", (storage) =>
    Effect.gen(function* () {
      const database = yield* Database
      yield* database.write(() => database.prepare("DROP TABLE mailbox").run())
      expect(yield* Effect.flip(storage.saveRequest(plain(1)))).toMatchObject({
        _tag: "PersistenceError",
        cause: {
          _tag: "StoreUnavailable",
          detail: database.isShared ? 'relation "mailbox" does not exist' : "no such table: mailbox"
        }
      })
    })
  )

  onOurs("has the chunks of a reply and its end for who asks later", (storage) =>
    Effect.gen(function* () {
      const request = counting(1)
      yield* storage.saveRequest(request)
      expect(yield* pending(request)).toEqual([])
      yield* storage.saveReply(chunkOf(10, 1, 0))
      yield* storage.saveReply(endOf(11, 1))
      expect(yield* pending(request)).toEqual(["Chunk 10", "WithExit 11"])
    })
  )

  onOurs("has no chunks for them that are acknowledged, but keeps them", (storage) =>
    Effect.gen(function* () {
      const request = counting(1)
      yield* storage.saveRequest(request)
      yield* storage.saveReply(chunkOf(10, 1, 0))
      yield* storage.saveEnvelope(ackOf(20, 1, 10))
      yield* storage.saveReply(chunkOf(11, 1, 1))
      expect(yield* pending(request)).toEqual(["Chunk 11"])
      expect(yield* replies(1)).toEqual(["Chunk 10", "Chunk 11"])
    })
  )
})
