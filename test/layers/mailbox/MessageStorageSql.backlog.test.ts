/** More messages than an actor may be handed at once. */
import { MessageStorage } from "@effect/cluster"
import { expect, it } from "@effect/vitest"
import { Effect, FastCheck, Layer, TestClock } from "effect"
import * as MessageStorageSql from "../../../src/layers/mailbox/MessageStorageSql.ts"
import {
  addressOf,
  exitOf,
  interruptOf,
  numberOf,
  plain,
  shard,
  timed
} from "../../support/clusterMessages.ts"
import { database, describe } from "../../support/databases.ts"
import { NOW, requests, unread } from "../../support/storages.ts"

const WINDOW = 4
const storage = MessageStorageSql.layer(() => WINDOW).pipe(Layer.provideMerge(database))

type Storage = MessageStorage.MessageStorage["Type"]

const storing = (
  what: string,
  test: (storage: Storage) => Effect.Effect<void, unknown, MessageStorage.MessageStorage>
) =>
  it.effect(what, () =>
    TestClock.setTime(NOW).pipe(
      Effect.zipRight(Effect.flatMap(MessageStorage.MessageStorage, test)),
      Effect.provide(storage)
    )
  )

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
const save = (storage: Storage, ids: ReadonlyArray<number>, entityId = "a") =>
  Effect.forEach(ids, (id) => storage.saveRequest(plain(id, addressOf(entityId))))
const finish = (storage: Storage, ids: ReadonlyArray<number>) =>
  Effect.forEach(ids, (id) => storage.saveReply(exitOf(1000 + id, id)))

describe("a backlog", () => {
  storing("comes out as far as it fits, and more once half of that is done, in order", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, numbers(1, 10))
      expect(yield* unread()).toEqual(requests(1, 2, 3, 4))
      expect(yield* unread()).toEqual([])
      yield* finish(storage, [1])
      expect(yield* unread()).toEqual([])
      yield* finish(storage, [2])
      expect(yield* unread()).toEqual(requests(5, 6))
      yield* finish(storage, numbers(3, 6))
      expect(yield* unread()).toEqual(requests(7, 8, 9, 10))
      yield* finish(storage, numbers(7, 10))
      yield* save(storage, [11])
      expect(yield* unread()).toEqual(requests(11))
      yield* finish(storage, [11])
      expect(yield* unread()).toEqual([])
    })
  )

  storing("of one actor holds up no other", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, numbers(1, 600), "hung")
      yield* save(storage, [601], "a")
      expect(yield* unread()).toEqual(requests(1, 2, 3, 4, 601))
      yield* save(storage, [602], "hung")
      yield* save(storage, [603], "a")
      expect(yield* unread()).toEqual(requests(603))
    })
  )

  storing("has what is about a message under way come out at once", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, numbers(1, 10))
      yield* unread()
      yield* storage.saveEnvelope(interruptOf(50, 2))
      expect(yield* unread()).toEqual(["Interrupt 50"])
    })
  )

  storing("has what is about a message that waits come out after it", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, numbers(1, 6))
      yield* unread()
      yield* storage.saveEnvelope(interruptOf(50, 5))
      expect(yield* unread()).toEqual([])
      yield* finish(storage, numbers(1, 4))
      expect(yield* unread()).toEqual([...requests(5, 6), "Interrupt 50"])
    })
  )

  storing("has a message that is for later come out then", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, numbers(1, 5))
      yield* storage.saveRequest(timed(6, NOW + 1000))
      yield* save(storage, [7, 8])
      expect(yield* unread()).toEqual(requests(1, 2, 3, 4))
      yield* finish(storage, numbers(1, 4))
      expect(yield* unread()).toEqual(requests(5, 7, 8))
      yield* finish(storage, [5, 7, 8])
      expect(yield* unread()).toEqual([])
      yield* TestClock.adjust(1000)
      expect(yield* unread()).toEqual(requests(6))
    })
  )

  storing("comes out from its beginning where its shard is reset", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, numbers(1, 10))
      yield* unread()
      yield* finish(storage, [1])
      yield* storage.resetShards([shard(1)])
      expect(yield* unread()).toEqual(requests(2, 3, 4, 5))
    })
  )

  storing("that is cleared leaves room for what comes after it", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, numbers(1, 10))
      yield* unread()
      yield* storage.clearAddress(addressOf("a"))
      yield* save(storage, numbers(11, 20))
      expect(yield* unread()).toEqual(requests(11, 12, 13, 14))
    })
  )
})

describe("whatever comes and is finished in whatever order", () => {
  const ENTITIES = ["a", "b", "c"]
  const step = FastCheck.oneof(
    FastCheck.record({
      _tag: FastCheck.constant("save" as const),
      entity: FastCheck.nat(2),
      count: FastCheck.nat(9)
    }),
    FastCheck.record({ _tag: FastCheck.constant("finish" as const), which: FastCheck.nat(99) }),
    FastCheck.constant({ _tag: "read" as const })
  )

  /** Carries the steps out, then reads and finishes until nothing comes; answers what came of each entity. */
  const carryOut = (steps: ReadonlyArray<typeof step extends FastCheck.Arbitrary<infer A> ? A : never>) =>
    Effect.gen(function* () {
      const storage = yield* MessageStorage.MessageStorage
      const saved = new Map<string, Array<number>>(ENTITIES.map((entity) => [entity, []]))
      const came = new Map<string, Array<number>>(ENTITIES.map((entity) => [entity, []]))
      const entityOf = new Map<number, string>()
      let underWay: Array<number> = []
      let most = 0
      let last = 0
      const read = Effect.map(storage.unprocessedMessages([shard(1)]), (messages) => {
        const ids = messages.map(({ envelope }) => numberOf(envelope.requestId))
        for (const id of ids) came.get(entityOf.get(id) ?? "")?.push(id)
        underWay.push(...ids)
        for (const entity of ENTITIES) {
          most = Math.max(most, underWay.filter((id) => entityOf.get(id) === entity).length)
        }
        return ids.length
      })
      for (const step of steps) {
        if (step._tag === "read") yield* read
        else if (step._tag === "save") {
          const entity = ENTITIES[step.entity] ?? "a"
          const ids = numbers(last + 1, last + step.count)
          last += step.count
          for (const id of ids) entityOf.set(id, entity)
          saved.get(entity)?.push(...ids)
          yield* save(storage, ids, entity)
        } else {
          const id = underWay[step.which % Math.max(1, underWay.length)]
          if (id === undefined) continue
          underWay = underWay.filter((other) => other !== id)
          yield* finish(storage, [id])
        }
      }
      while ((yield* read) > 0 || underWay.length > 0) {
        yield* finish(storage, underWay)
        underWay = []
      }
      return { saved, came, most }
    })

  it.effect("each message comes out once, in order, and never too many at once", () =>
    Effect.promise(() =>
      FastCheck.assert(
        FastCheck.asyncProperty(FastCheck.array(step, { maxLength: 60 }), (steps) =>
          Effect.runPromise(
            carryOut(steps).pipe(
              Effect.tap(({ came, saved }) => expect(came).toEqual(saved)),
              Effect.tap(({ most }) => expect(most).toBeLessThanOrEqual(WINDOW)),
              Effect.asVoid,
              Effect.provide(storage)
            )
          )
        ),
        { numRuns: 60 }
      )
    )
  )
})
