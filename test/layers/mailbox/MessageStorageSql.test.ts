/**
 * What the cluster relies on in a message storage. The stock driver is held to it too: the two must not differ but
 * where a test says so.
 */
import { MessageStorage } from "@effect/cluster"
import { describe, expect } from "@effect/vitest"
import { Effect, Option, TestClock } from "effect"
import { addressOf, exitOf, idOf, keyed, plain, shard, timed } from "../../support/clusterMessages.ts"
import { byId, NOW, replies, requests, storages, unread } from "../../support/storages.ts"

for (const { name, storing } of storages) {
  describe(`${name}: a message`, () => {
    storing("comes out as it went in", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1))
        expect(yield* storage.unprocessedMessages([shard(1)])).toMatchObject([
          {
            _tag: "IncomingRequest",
            envelope: {
              requestId: idOf(1),
              tag: "Plain",
              address: addressOf(),
              payload: { text: "message 1" }
            }
          }
        ])
      })
    )

    storing("is new where its key is", (storage) =>
      Effect.gen(function* () {
        expect(yield* storage.saveRequest(keyed(1, "k"))).toEqual(MessageStorage.SaveResult.Success())
      })
    )

    storing("of a known key is a duplicate, and does not come out", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(keyed(1, "k"))
        expect(yield* storage.saveRequest(keyed(2, "k"))).toEqual(
          MessageStorage.SaveResult.Duplicate({ originalId: idOf(1), lastReceivedReply: Option.none() })
        )
        expect(yield* unread()).toEqual(requests(1))
      })
    )

    storing("of a known key gets the reply of the first", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(keyed(1, "k"))
        yield* storage.saveReply(exitOf(10, 1, 42))
        const { reply } = exitOf(10, 1, 42)
        expect(yield* storage.saveRequest(keyed(2, "k"))).toMatchObject({
          _tag: "Duplicate",
          originalId: idOf(1),
          lastReceivedReply: Option.some({ ...reply })
        })
        expect(yield* unread()).toEqual([])
      })
    )

    storing("is its own where only the key is another's, at another entity", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(keyed(1, "k"))
        expect(yield* storage.saveRequest(keyed(2, "k", addressOf("b")))).toEqual(
          MessageStorage.SaveResult.Success()
        )
      })
    )

    storing("without a key is new, however often it comes", (storage) =>
      Effect.gen(function* () {
        for (const id of [1, 2, 3]) yield* storage.saveRequest(plain(id))
        expect(yield* unread()).toEqual(requests(1, 2, 3))
      })
    )

    storing("is known by its key", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(keyed(1, "k"))
        const find = (id: string) =>
          storage.requestIdForPrimaryKey({ address: addressOf(), tag: "Keyed", id })
        expect(yield* find("k")).toEqual(Option.some(idOf(1)))
        expect(yield* find("other")).toEqual(Option.none())
      })
    )

    storing("waits for the time that it is to be delivered at", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(timed(1, NOW + 1000))
        yield* storage.saveRequest(plain(2))
        expect(yield* unread()).toEqual(requests(2))
        expect(yield* byId(1)).toEqual([])
        yield* TestClock.adjust(1000)
        expect(yield* byId(1)).toEqual(requests(1))
        expect(yield* unread()).toEqual(requests(1))
      })
    )
  })

  describe(`${name}: reading`, () => {
    storing("has the messages of the named shards, in order", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1, addressOf("a", 1)))
        yield* storage.saveRequest(plain(2, addressOf("b", 2)))
        yield* storage.saveRequest(plain(3, addressOf("c", 3)))
        yield* storage.saveRequest(plain(4, addressOf("a", 1)))
        expect(yield* unread(1, 3)).toEqual(requests(1, 3, 4))
        expect(yield* unread(1, 2, 3)).toEqual(requests(2))
      })
    )

    storing("has a message once", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1))
        yield* unread()
        yield* storage.saveRequest(plain(2))
        expect(yield* unread()).toEqual(requests(2))
        expect(yield* unread()).toEqual([])
      })
    )

    storing("has a message that is processed no more", (storage) =>
      Effect.gen(function* () {
        for (const id of [1, 2]) yield* storage.saveRequest(plain(id))
        yield* storage.saveReply(exitOf(10, 1))
        expect(yield* unread()).toEqual(requests(2))
        expect(yield* byId(1, 2)).toEqual(requests(2))
      })
    )

    storing("by id has a message whether it was read or not, and does not count as reading", (storage) =>
      Effect.gen(function* () {
        for (const id of [1, 2, 3]) yield* storage.saveRequest(plain(id))
        expect(yield* byId(2, 1)).toEqual(requests(1, 2))
        expect(yield* unread()).toEqual(requests(1, 2, 3))
        expect(yield* byId(3)).toEqual(requests(3))
      })
    )

    storing("has everything of a shard again that was reset, and of no other", (storage) =>
      Effect.gen(function* () {
        for (const id of [1, 2, 3]) yield* storage.saveRequest(plain(id, addressOf("a", id)))
        yield* storage.saveRequest(plain(4, addressOf("a", 1)))
        yield* unread(1, 2, 3)
        yield* storage.resetShards([shard(1), shard(3)])
        expect(yield* unread(1, 2, 3)).toEqual(requests(1, 3, 4))
      })
    )

    storing("has nothing again of a shard that was reset where it is processed", (storage) =>
      Effect.gen(function* () {
        for (const id of [1, 2]) yield* storage.saveRequest(plain(id))
        yield* unread()
        yield* storage.saveReply(exitOf(10, 1))
        yield* storage.resetShards([shard(1)])
        expect(yield* unread()).toEqual(requests(2))
      })
    )

    storing("has everything of an address again that was reset, and of no other", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(plain(1, addressOf("a")))
        yield* storage.saveRequest(plain(2, addressOf("b")))
        yield* storage.saveRequest(plain(3, addressOf("a")))
        yield* unread()
        yield* storage.resetAddress(addressOf("a"))
        expect(yield* unread()).toEqual(requests(1, 3))
      })
    )
  })

  describe(`${name}: an address`, () => {
    storing("that is cleared has no messages and no replies, and others keep theirs", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(keyed(1, "k", addressOf("a")))
        yield* storage.saveReply(exitOf(10, 1))
        yield* storage.saveRequest(plain(2, addressOf("a")))
        yield* storage.saveRequest(plain(3, addressOf("b")))
        yield* storage.clearAddress(addressOf("a"))
        expect(yield* unread()).toEqual(requests(3))
        expect(yield* replies(1)).toEqual([])
      })
    )

    storing("that is cleared takes a known key as new", (storage) =>
      Effect.gen(function* () {
        yield* storage.saveRequest(keyed(1, "k"))
        yield* storage.clearAddress(addressOf())
        expect(yield* storage.saveRequest(keyed(2, "k"))).toEqual(MessageStorage.SaveResult.Success())
        expect(yield* unread()).toEqual(requests(2))
      })
    )
  })
}
