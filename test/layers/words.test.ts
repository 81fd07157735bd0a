/** What people and agents said leaves the store once nothing needs it any more. */
import { MessageStorage } from "@effect/cluster"
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { Database } from "../../src/layers/database/Database.ts"
import { map } from "../../src/layers/database/Step.ts"
import * as MessageStorageSql from "../../src/layers/mailbox/MessageStorageSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import { type Delivery, PartState } from "../../src/schemas/Delivery.ts"
import { DeadLetters } from "../../src/services/DeadLetters.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { exitOf, keyed, plain } from "../support/clusterMessages.ts"
import { database, describe } from "../support/databases.ts"
import { carryOutRetry, deadDelivery, letterStores, REASON, retryDelivery } from "../support/deadLetters.ts"
import { replyTo } from "../support/outbound.ts"
import { eventually } from "../support/simulator.ts"
import { requests, unread } from "../support/storages.ts"

const storage = MessageStorageSql.layer(() => 1000, undefined, { forgetsFinished: true }).pipe(
  Layer.provideMerge(database)
)

const envelopes = Effect.flatMap(Database, ({ prepare, read }) => {
  const select = prepare<{ readonly envelope: string }>("SELECT envelope FROM mailbox ORDER BY seq")
  return read(() => map(select.all(), (rows) => rows.map(({ envelope }) => envelope)))
})

describe("a message that is finished", () => {
  it.effect("is known by its key, and nothing of it is left", () =>
    Effect.gen(function* () {
      const store = yield* MessageStorage.MessageStorage
      yield* store.saveRequest(keyed(1, "guid-1"))
      yield* store.saveReply(exitOf(10, 1))
      expect(yield* envelopes).toEqual(["{}"])
      expect((yield* store.saveRequest(keyed(2, "guid-1")))._tag).toBe("Duplicate")
      expect(yield* unread()).toEqual([])
    }).pipe(Effect.provide(storage))
  )

  it.effect("is not carried out again, and takes nothing from one that waits", () =>
    Effect.gen(function* () {
      const store = yield* MessageStorage.MessageStorage
      yield* store.saveRequest(plain(1))
      yield* store.saveRequest(plain(2))
      yield* store.saveReply(exitOf(10, 1))
      yield* store.clearReplies(plain(1).envelope.requestId)
      expect(yield* unread()).toEqual(requests(2))
    }).pipe(Effect.provide(storage))
  )
})

const stores = letterStores.pipe(Layer.provideMerge(database))
const delivery = replyTo(7, "d", "one", "two")
const SENT = PartState.Sent({ guid: "g", rowId: 1 })
const FAILED = PartState.Failed({ detail: "?" })

const put = (...states: ReadonlyArray<PartState>) =>
  Effect.flatMap(Outbox, ({ putParts }) =>
    putParts(
      delivery,
      states.map((state, index) => ({
        index,
        state,
        tries: 1,
        part: { _tag: "Text", text: `part ${index}` }
      }))
    )
  )

const texts = Effect.flatMap(Outbox, ({ parts }) =>
  Effect.map(parts("d"), (records) => records.map(({ part }) => (part._tag === "Text" ? part.text : "")))
)

const ended = (one: Delivery) =>
  Effect.flatMap(Outbox, ({ accept, end }) =>
    Effect.flatMap(accept(one), Option.match({ onNone: () => Effect.void, onSome: end }))
  )
const forget = ended(delivery)
const buried = Effect.flatMap(DeadLetters, ({ bury }) => bury({ ...REASON, content: deadDelivery(delivery) }))

describe("the words of a delivery", () => {
  it.effect("go with its end; where its parts are stays", () =>
    Effect.gen(function* () {
      yield* put(SENT, FAILED)
      yield* forget
      expect(yield* texts).toEqual(["", ""])
      const { parts } = yield* Outbox
      expect((yield* parts("d")).map(({ state }) => state)).toEqual([SENT, FAILED])
    }).pipe(Effect.provide(stores))
  )

  it.effect("stay where a part has no end yet", () =>
    Effect.gen(function* () {
      yield* put(SENT, PartState.Queued(), PartState.Sending({ triedAt: 0, afterRowId: 3 }))
      yield* forget
      expect(yield* texts).toEqual(["", "part 1", "part 2"])
    }).pipe(Effect.provide(stores))
  )

  it.effect("stay for as long as its dead letter does, and go when that is dropped", () =>
    Effect.gen(function* () {
      const { drop } = yield* DeadLetters
      yield* put(SENT, FAILED)
      yield* buried
      yield* forget
      expect(yield* texts).toEqual(["part 0", "part 1"])
      yield* drop(1)
      expect(yield* texts).toEqual(["", ""])
    }).pipe(Effect.provide(stores))
  )

  it.effect(
    "of a letter that is dropped while its retry is on its way go once the gateway has heard of it",
    () =>
      Effect.gen(function* () {
        const { carriedOut, drop, orders, retry } = yield* DeadLetters
        yield* put(SENT, FAILED)
        yield* buried
        yield* retry(1, { anyway: false })
        const [before] = yield* orders(["default"])
        yield* drop(1)
        expect(before?._tag === "Retry" ? yield* carryOutRetry(before.letter) : undefined).toEqual(
          Option.none()
        )
        expect(yield* texts).toEqual(["part 0", "part 1"])
        yield* Effect.forEach(yield* orders(["default"]), carriedOut)
        expect(yield* texts).toEqual(["", ""])
      }).pipe(Effect.provide(stores))
  )

  it.effect("that are gone are not sent for nothing", () =>
    Effect.gen(function* () {
      yield* put(FAILED)
      yield* forget
      yield* buried
      yield* retryDelivery(1)
      expect((yield* (yield* Outbox).parts("d")).map(({ state }) => state._tag)).toEqual(["Failed"])
    }).pipe(Effect.provide(stores))
  )
})

describe("a store in a file", () => {
  const SECRET = "a secret of theirs"
  const filesWith = (dir: string) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const names = yield* fs.readDirectory(dir)
      const found = yield* Effect.filter(names, (name) =>
        Effect.map(fs.readFile(join(dir, name)), (bytes) => Buffer.from(bytes).includes(SECRET))
      )
      return found.sort()
    })

  it.scopedLive("has none of what was said in any of its files, soon after it is done", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const dir = yield* fs.makeTempDirectoryScoped()
      const open = Layer.merge(
        letterStores,
        MessageStorageSql.layer(() => 1000, undefined, { forgetsFinished: true })
      ).pipe(Layer.provide(DatabaseSqlite.layer(`${dir}/gateway.db`)))
      yield* Effect.gen(function* () {
        const store = yield* MessageStorage.MessageStorage
        const { putParts } = yield* Outbox
        const ids = Array.from({ length: 60 }, (_, index) => index + 1)
        for (const id of ids) {
          // Some of a line, some of several pages.
          const text = `${SECRET} ${id} `.repeat(id % 7 === 0 ? 600 : 1 + (id % 5) * 8)
          yield* store.saveRequest(plain(id, undefined, text))
          const part = { index: 0, part: { _tag: "Text", text } as const, tries: 1 }
          const ref = { id: `d${id}`, accountId: "default" }
          yield* putParts(ref, [{ ...part, state: PartState.Sending({ triedAt: 0, afterRowId: 1 }) }])
          yield* putParts(ref, [{ ...part, state: SENT }])
        }
        expect(yield* filesWith(dir)).not.toEqual([])
        for (const id of ids) {
          yield* store.saveReply(exitOf(1000 + id, id))
          yield* ended(replyTo(id, `d${id}`))
        }
        yield* eventually("no file with the words", filesWith(dir), (names) => names.length === 0)
      }).pipe(Effect.provide(open))
      expect(yield* filesWith(dir)).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
