/** Messages of one actor that are carried out in lanes, of which some stand still. */
import { MessageStorage } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import * as MessageStorageSqlite from "../../src/layers/MessageStorageSqlite.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import { PausedLanes } from "../../src/services/PausedLanes.ts"
import { addressOf, exitOf, interruptOf, keyed, shard } from "../support/clusterMessages.ts"
import { NOW, requests, unread } from "../support/storages.ts"

const WINDOW = 12
const LANE_WINDOW = 4

/** A message's key is the name of its lane and a number. */
const laneOf: MessageStorageSqlite.Lanes["laneOf"] = ({ payload }) => {
  const key = typeof payload === "object" && payload !== null && "key" in payload ? String(payload.key) : ""
  return key.replace(/\d+$/u, "")
}

const storage = MessageStorageSqlite.layer(() => WINDOW, {
  laneOf,
  windowOf: () => ({ lane: LANE_WINDOW, paused: 0 })
}).pipe(Layer.provideMerge(Database.memory))

type Storage = MessageStorage.MessageStorage["Type"]

const storing = (
  what: string,
  test: (storage: Storage) => Effect.Effect<void, unknown, MessageStorage.MessageStorage | Database.Database>
) =>
  it.effect(what, () =>
    TestClock.setTime(NOW).pipe(
      Effect.zipRight(Effect.flatMap(MessageStorage.MessageStorage, test)),
      Effect.provide(storage)
    )
  )

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
const save = (storage: Storage, lane: string, ids: ReadonlyArray<number>, entityId = "a") =>
  Effect.forEach(ids, (id) => storage.saveRequest(keyed(id, `${lane}${id}`, addressOf(entityId))))
const finish = (storage: Storage, ids: ReadonlyArray<number>) =>
  Effect.forEach(ids, (id) => storage.saveReply(exitOf(10_000 + id, id)))

describe("a lane that stands still", () => {
  storing("is handed its share, and the others of its actor go on, in order", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, "stuck", numbers(1, 600))
      yield* save(storage, "b", numbers(601, 610))
      yield* save(storage, "c", [611])
      expect(yield* unread()).toEqual(requests(1, 2, 3, 4, 601, 602, 611))
      yield* finish(storage, [601, 602])
      const more = yield* unread()
      expect(more).toEqual(requests(603, 604, 605, 606))
      yield* finish(storage, numbers(603, 606))
      expect(yield* unread()).toEqual(requests(607, 608, 609, 610))
      yield* save(storage, "stuck", [612])
      yield* save(storage, "d", [613])
      expect(yield* unread()).toEqual(requests(613))
    })
  )

  storing("goes on from where it was, in order, once it moves", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, "stuck", numbers(1, 6))
      yield* save(storage, "b", [7])
      yield* save(storage, "stuck", numbers(8, 10))
      expect(yield* unread()).toEqual(requests(1, 2, 3, 4, 7))
      yield* finish(storage, [1])
      expect(yield* unread()).toEqual([])
      yield* finish(storage, [2])
      expect(yield* unread()).toEqual(requests(5, 6))
      yield* finish(storage, numbers(3, 6))
      expect(yield* unread()).toEqual(requests(8, 9, 10))
      yield* save(storage, "stuck", [11])
      expect(yield* unread()).toEqual(requests(11))
    })
  )

  storing("may have less, the more of its actor's lanes stand still", (storage) =>
    Effect.gen(function* () {
      for (const [at, lane] of ["p", "q", "r", "s", "t"].entries()) {
        yield* save(storage, lane, numbers(100 * at + 1, 100 * at + 20))
      }
      expect(yield* unread()).toEqual(requests(1, 2, 3, 4, 101, 102, 201, 301, 401))
      yield* save(storage, "moving", numbers(501, 504))
      expect(yield* unread()).toEqual(requests(501))
      for (const id of numbers(501, 503)) {
        yield* finish(storage, [id])
        expect(yield* unread()).toEqual(requests(id + 1))
      }
    })
  )

  storing("has what is about a message of it come out after that", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, "stuck", numbers(1, 6))
      yield* unread()
      yield* storage.saveEnvelope(interruptOf(50, 6))
      yield* storage.saveEnvelope(interruptOf(51, 2))
      expect(yield* unread()).toEqual(["Interrupt 51"])
      yield* finish(storage, numbers(1, 4))
      expect(yield* unread()).toEqual([...requests(5, 6), "Interrupt 50"])
    })
  )

  storing("comes out from its beginning where its shard is reset", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, "stuck", numbers(1, 6))
      yield* save(storage, "b", [7])
      yield* unread()
      yield* finish(storage, [1])
      yield* storage.resetShards([shard(1)])
      expect(yield* unread()).toEqual(requests(2, 3, 4, 5, 7))
    })
  )
})

describe("an actor that is full", () => {
  storing(
    "of lanes that stand still goes on where one of them is done, with what has waited longest",
    (storage) =>
      Effect.gen(function* () {
        yield* Effect.forEach(numbers(1, 40), (id) => save(storage, `lane ${id} `, [id]))
        yield* save(storage, "lane 1 ", [41])
        yield* save(storage, "e", [42], "other")
        expect(yield* unread()).toEqual(requests(...numbers(1, WINDOW), 42))
        yield* finish(storage, [5])
        expect(yield* unread()).toEqual(requests(13))
        yield* finish(storage, [1])
        expect(yield* unread()).toEqual(requests(14))
        yield* finish(storage, [...numbers(2, 4), ...numbers(6, 14)])
        expect(yield* unread()).toEqual(requests(...numbers(15, 26)))
        yield* finish(storage, numbers(15, 26))
        expect(yield* unread()).toEqual(requests(...numbers(27, 38)))
        yield* finish(storage, [27])
        expect(yield* unread()).toEqual(requests(39))
        yield* finish(storage, [28, 29])
        expect(yield* unread()).toEqual(requests(40, 41))
      })
  )
})

describe("a lane that is paused", () => {
  /** Its lanes keep their order among each other unless they are paused. */
  const ordered = MessageStorageSqlite.layer(() => WINDOW, {
    laneOf,
    windowOf: () => ({ lane: WINDOW, paused: 2 * WINDOW })
  }).pipe(Layer.provideMerge(Database.memory))
  const pausing = (
    what: string,
    test: (
      storage: Storage,
      lanes: PausedLanes["Type"]
    ) => Effect.Effect<void, unknown, MessageStorage.MessageStorage>
  ) =>
    it.effect(what, () =>
      TestClock.setTime(NOW).pipe(
        Effect.zipRight(Effect.all([MessageStorage.MessageStorage, PausedLanes])),
        Effect.flatMap(([storage, lanes]) => test(storage, lanes)),
        Effect.provide(ordered)
      )
    )
  const actor = { entityType: "Test", entityId: "a" }

  pausing("leaves its places to the others, and is handed nothing", (storage, lanes) =>
    Effect.gen(function* () {
      yield* save(storage, "p", numbers(1, 100))
      yield* save(storage, "b", [101])
      expect(yield* unread()).toEqual(requests(...numbers(1, WINDOW)))
      yield* lanes.pause(actor, "p")
      expect(yield* unread()).toEqual(requests(101))
      yield* save(storage, "p", [102])
      yield* save(storage, "b", [103])
      expect(yield* unread()).toEqual(requests(103))
      yield* finish(storage, [1, 2])
      expect(yield* unread()).toEqual([])
    })
  )

  pausing("has what waits come in its order among the others once it goes on", (storage, lanes) =>
    Effect.gen(function* () {
      yield* lanes.pause(actor, "p")
      yield* save(storage, "p", [1])
      yield* save(storage, "b", numbers(2, 20))
      yield* save(storage, "p", [21])
      yield* save(storage, "b", numbers(22, 30))
      expect(yield* unread()).toEqual(requests(...numbers(2, 13)))
      yield* lanes.resume(actor, "p")
      yield* finish(storage, numbers(2, 13))
      expect(yield* unread()).toEqual(requests(1, ...numbers(14, 24)))
    })
  )

  pausing("takes the places of others only where there are too many like it", (storage, lanes) =>
    Effect.gen(function* () {
      for (const [at, lane] of ["p", "q", "r"].entries()) {
        yield* save(storage, lane, numbers(100 * at + 1, 100 * at + 20))
        expect(yield* unread()).toHaveLength(WINDOW)
        yield* lanes.pause(actor, lane)
      }
      yield* save(storage, "b", [300])
      expect(yield* unread()).toEqual([])
      yield* lanes.resumeAll(actor)
      yield* finish(storage, [...numbers(1, 12), ...numbers(101, 112), ...numbers(201, 212)])
      expect(yield* unread()).toEqual(requests(...numbers(13, 20), ...numbers(113, 116)))
    })
  )

  pausing("keeps its order among the others until then, whatever waits in it", (storage) =>
    Effect.gen(function* () {
      yield* save(storage, "p", numbers(1, 30))
      yield* save(storage, "b", [31])
      yield* save(storage, "p", [32])
      const came: Array<string> = []
      for (let at = 1; at <= 32; at++) {
        came.push(...(yield* unread()))
        yield* finish(storage, [at])
      }
      expect(came).toEqual(requests(...numbers(1, 32)))
    })
  )
})

describe("each search for what waits", () => {
  it.scoped("goes by an index, and sorts no backlog", () =>
    Effect.gen(function* () {
      const prepared: Array<string> = []
      const database = yield* Database.Database
      const recording = Layer.succeed(Database.Database, {
        ...database,
        prepare: <Row = never>(sql: string) => {
          prepared.push(sql)
          return database.prepare<Row>(sql)
        }
      })
      yield* Layer.build(
        Layer.provide(
          MessageStorageSqlite.layer(() => WINDOW),
          recording
        )
      )
      const searches = prepared.filter((sql) => sql.includes("m.processed = 0"))
      expect(searches.length).toBe(4)
      const plans = yield* Effect.forEach(searches, (sql) => {
        const explain = database.prepare<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        const values = Array.from(sql.matchAll(/\?/gu), () => 1)
        return database.read(() => explain.all(...values).map(({ detail }) => detail))
      })
      // The lists that a statement is given are gone through; of the tables nothing is.
      expect(plans.flat().filter((step) => /SCAN (?!json_each)/u.test(step))).toEqual([])
      const backlogs = plans.slice(0, 3).flat()
      expect(backlogs.filter((step) => step.includes("TEMP B-TREE FOR ORDER"))).toEqual([])
      const indexes = plans.map((steps) => steps.find((step) => step.startsWith("SEARCH m "))?.split(" ")[4])
      expect(indexes).toEqual([
        "mailbox_waiting",
        "mailbox_waiting_of",
        "mailbox_waiting_in",
        "mailbox_by_request"
      ])
    }).pipe(Effect.provide(Database.memory))
  )
})
