/** Messages of one actor in lanes, of which some are paused. */
import { MessageStorage } from "@effect/cluster"
import { describe as describeFile, expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import * as MessageStorageSql from "../../../src/layers/mailbox/MessageStorageSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { PausedLanes } from "../../../src/services/PausedLanes.ts"
import { addressOf, exitOf, keyed } from "../../support/clusterMessages.ts"
import { database, describe } from "../../support/databases.ts"
import { planOf, statementsOf } from "../../support/queryPlans.ts"
import { NOW, requests, unread } from "../../support/storages.ts"

const WINDOW = 12

/** A message's key is the name of its lane and a number. */
const laneOf: MessageStorageSql.Lanes["laneOf"] = ({ payload }) => {
  const key = typeof payload === "object" && payload !== null && "key" in payload ? String(payload.key) : ""
  return key.replace(/\d+$/u, "")
}

type Storage = MessageStorage.MessageStorage["Type"]

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
const save = (storage: Storage, lane: string, ids: ReadonlyArray<number>, entityId = "a") =>
  Effect.forEach(ids, (id) => storage.saveRequest(keyed(id, `${lane}${id}`, addressOf(entityId))))
const finish = (storage: Storage, ids: ReadonlyArray<number>) =>
  Effect.forEach(ids, (id) => storage.saveReply(exitOf(10_000 + id, id)))

describe("a lane that is paused", () => {
  /** Its lanes keep their order among each other unless they are paused. */
  const ordered = MessageStorageSql.layer(() => WINDOW, {
    laneOf,
    pausedOf: () => 2 * WINDOW
  }).pipe(Layer.provideMerge(database))
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

describeFile("each search for what waits", () => {
  it.effect("goes by an index, and sorts no backlog", () =>
    Effect.gen(function* () {
      const prepared = yield* statementsOf(MessageStorageSql.layer(() => WINDOW))
      const searches = prepared.filter((sql) => sql.includes("m.processed = 0"))
      expect(searches.length).toBe(4)
      const plans = yield* Effect.forEach(searches, planOf)
      // The lists that a statement is given are gone through; of the tables nothing is.
      expect(plans.flat().filter((step) => /SCAN (?!json_each)/u.test(step))).toEqual([])
      const backlogs = plans.slice(0, 3).flat()
      expect(backlogs.filter((step) => step.includes("TEMP B-TREE FOR ORDER"))).toEqual([])
      const indexes = plans.map((steps) => steps.find((step) => step.startsWith("SEARCH m "))?.split(" ")[4])
      expect(indexes).toEqual([
        "mailbox_waiting",
        "mailbox_waiting",
        "mailbox_waiting_of",
        "mailbox_by_request"
      ])
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )
})
