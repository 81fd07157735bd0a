/** What is kept of decisions, and what came of them: as it is asked for. */
import { describe as describeFile, expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import { map } from "../../../src/layers/database/Step.ts"
import * as DecisionsSql from "../../../src/layers/decisions/DecisionsSql.ts"
import { MOST_KEPT, makeForgetDecisions } from "../../../src/layers/decisions/forget.ts"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as TurnMembersSql from "../../../src/layers/turns/TurnMembersSql.ts"
import type { DecidedTurn } from "../../../src/schemas/Decision.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { NO_LANDMARKS } from "../../../src/schemas/Landmark.ts"
import { Decisions } from "../../../src/services/Decisions.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { type Decided, Positions } from "../../../src/services/Positions.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"
import { database, describe } from "../../support/databases.ts"

const stores = Layer.mergeAll(
  DecisionsSql.layer,
  PositionsSql.layer,
  OutboxSql.layer,
  TurnMembersSql.layer
).pipe(Layer.provideMerge(database))

const decided = (rowId: number, fate = "dm-paired", rest: Partial<Decided> = {}): Decided => ({
  ...{ rowId, guid: `g-${rowId}`, chatId: 7, at: rowId * 10, fate },
  ...rest
})

/** The position moves past rows. */
const pass = (...rows: ReadonlyArray<Decided>) =>
  Effect.gen(function* () {
    const { advance, begin } = yield* Positions
    yield* begin("default", { rowId: 0, baselineAt: undefined })
    yield* advance("default", { rowId: 100, landmarks: NO_LANDMARKS, unripe: [], decided: rows })
  })

const ended = (id: string, rest: Partial<DecidedTurn> = {}) =>
  Effect.flatMap(Decisions, ({ turnEnded }) =>
    turnEnded("default", {
      ...{ id, agentId: "main", outcome: "answered", endedAt: 500, durationMs: 210.7 },
      ...rest
    })
  )

const last = (wanted: { readonly chatId?: number; readonly limit?: number } = {}) =>
  Effect.flatMap(Decisions, ({ last }) => last({ accountId: "default", limit: 20, ...wanted }))

const text = { _tag: "Text", text: "what nobody else may read" } as const

const putParts = (id: string, ...states: ReadonlyArray<PartState>) =>
  Effect.flatMap(Outbox, ({ putParts }) =>
    putParts(
      { id, accountId: "default" },
      states.map((state, index) => ({ index, part: text, state, tries: 1 }))
    )
  )

const SENT = PartState.Sent({ guid: "out-1", rowId: 9 })

describe("what was decided", () => {
  it.effect("is told with the turn that came of it, and the parts of its answer", () =>
    Effect.gen(function* () {
      yield* pass(decided(1))
      yield* ended("default:g-1")
      yield* TestClock.setTime(700)
      yield* putParts("default:g-1", SENT, PartState.Failed({ detail: "no such chat" }))
      expect(yield* last()).toEqual([
        {
          ...{ accountId: "default", rowId: 1, guid: "g-1", chatId: 7, at: 10, fate: "dm-paired" },
          turn: { id: "default:g-1", agentId: "main", outcome: "answered", endedAt: 500, durationMs: 210 },
          parts: [
            { index: 0, state: "sent", guid: "out-1", detail: null, settledAt: 700 },
            { index: 1, state: "failed", guid: null, detail: "no such chat", settledAt: 700 }
          ]
        }
      ])
    }).pipe(Effect.provide(stores))
  )

  it.effect("is told of a message that was taken into the turn of another, as of that one", () =>
    Effect.gen(function* () {
      yield* pass(decided(1), decided(2))
      yield* (yield* TurnMembers).begin("default:g-1", ["default:g-1", "default:g-2"])
      yield* ended("default:g-1")
      expect((yield* last()).map(({ rowId, turn }) => [rowId, turn?.id])).toEqual([
        [2, "default:g-1"],
        [1, "default:g-1"]
      ])
    }).pipe(Effect.provide(stores))
  )

  it.effect("has the pieces that went out before the end of an answer, and of no other turn", () =>
    Effect.gen(function* () {
      yield* pass(decided(1))
      yield* putParts("default:g-1", SENT)
      for (const piece of ["2", "10"]) {
        yield* putParts(`default:g-1/${piece}`, PartState.Sent({ guid: piece, rowId: undefined }))
      }
      yield* putParts("default:g-10", SENT)
      yield* putParts("failed:default:g-1", SENT)
      expect((yield* last()).flatMap(({ parts }) => parts.map(({ guid, index }) => [index, guid]))).toEqual([
        [0, "out-1"],
        [1, "2"],
        [2, "10"]
      ])
    }).pipe(Effect.provide(stores))
  )

  it.effect("has no turn while it runs, and that of its retry once that has ended", () =>
    Effect.gen(function* () {
      yield* pass(decided(1))
      expect((yield* last()).map(({ turn }) => turn)).toEqual([null])
      yield* ended("default:g-1", {
        outcome: "failed",
        code: "agent_failed",
        reason: "it exited with code 1"
      })
      expect((yield* last())[0]?.turn).toMatchObject({
        code: "agent_failed",
        reason: "it exited with code 1"
      })
      yield* ended("default:g-1", { endedAt: 900 })
      const [{ turn } = { turn: null }] = yield* last()
      expect(turn).toMatchObject({ outcome: "answered", endedAt: 900 })
      expect(turn).not.toHaveProperty("code")
    }).pipe(Effect.provide(stores))
  )

  it.effect("is told newest first, of one chat where one is asked for, and no more than that", () =>
    Effect.gen(function* () {
      yield* pass(
        decided(1),
        decided(2, "stale", { chatId: 8 }),
        decided(3),
        decided(4, "no-chat", { chatId: null })
      )
      const rowIds = (wanted: Parameters<typeof last>[0]) =>
        Effect.map(last(wanted), (all) => all.map(({ rowId }) => rowId))
      expect(yield* rowIds({})).toEqual([4, 3, 2, 1])
      expect(yield* rowIds({ limit: 2 })).toEqual([4, 3])
      expect(yield* rowIds({ chatId: 7 })).toEqual([3, 1])
      expect(yield* rowIds({ chatId: 9 })).toEqual([])
    }).pipe(Effect.provide(stores))
  )

  it.effect("is told of a row that waits, too", () =>
    Effect.gen(function* () {
      const { advance, begin } = yield* Positions
      yield* begin("default", { rowId: 0, baselineAt: undefined })
      yield* advance("default", {
        ...{ rowId: 3, landmarks: NO_LANDMARKS, decided: [decided(1)] },
        unripe: [
          { rowId: 2, guid: "g-2", until: 99, chatId: 7 },
          { rowId: 3, guid: "g-3", until: 98 }
        ]
      })
      const told = (chatId?: number) =>
        Effect.map(last(chatId === undefined ? {} : { chatId }), (all) =>
          all.map(({ at, chatId, fate, rowId }) => [rowId, chatId, at, fate])
        )
      expect(yield* told()).toEqual([
        [3, null, 98, "waiting"],
        [2, 7, 99, "waiting"],
        [1, 7, 10, "dm-paired"]
      ])
      expect(yield* told(7)).toEqual([
        [2, 7, 99, "waiting"],
        [1, 7, 10, "dm-paired"]
      ])
    }).pipe(Effect.provide(stores))
  )

  it.effect("is what was decided last, where a row is judged again", () =>
    Effect.gen(function* () {
      yield* pass(decided(1, "pairing-requested"))
      yield* (yield* Positions).advance("default", {
        ...{ rowId: 101, landmarks: NO_LANDMARKS, unripe: [] },
        decided: [decided(1, "dm-paired", { at: 20 })]
      })
      expect((yield* last()).map(({ at, fate }) => [at, fate])).toEqual([[20, "dm-paired"]])
    }).pipe(Effect.provide(stores))
  )

  it.effect("is forgotten where the database was replaced: its rows are others now", () =>
    Effect.gen(function* () {
      yield* pass(decided(1))
      yield* (yield* Positions).begin("default", { rowId: 5, baselineAt: undefined })
      expect(yield* last()).toEqual([])
    }).pipe(Effect.provide(stores))
  )
})

describe("what is kept of decisions", () => {
  it.effect("is what is young, and of each account the last rows", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const { ofRows, ofTurns } = makeForgetDecisions(database)
      const count = (table: string) =>
        database.read(() =>
          map(
            database.prepare<{ readonly n: number }>(`SELECT count(*) AS n FROM ${table}`).get(),
            (row) => row?.n
          )
        )
      const numbers = (to: number) =>
        `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${to})`
      yield* database.write(function* () {
        for (const [account, rows] of [
          ["busy", MOST_KEPT + 3],
          ["quiet", 5]
        ] as const) {
          yield* database
            .prepare(
              `${numbers(rows)} INSERT INTO decisions SELECT '${account}', n, 'g', 7, n, 'stale' FROM number`
            )
            .run()
        }
        yield* database
          .prepare(`${numbers(MOST_KEPT + 3)}
            INSERT INTO turn_ends SELECT n, 'busy', 'main', 'silent', n, 1, NULL, NULL FROM number`)
          .run()
      })
      // Two rows of each account are old.
      expect(yield* database.write(() => ofRows(3, 50))).toBe(4 + 1)
      expect(yield* database.write(() => ofRows(3, 50))).toBe(0)
      expect(yield* count("decisions")).toBe(MOST_KEPT + 3)
      expect(yield* database.write(() => ofTurns(2, 2))).toBe(2)
      expect(yield* database.write(() => ofTurns(2, 2))).toBe(1)
      expect(yield* database.write(() => ofTurns(2, 2))).toBe(0)
      expect(yield* count("turn_ends")).toBe(MOST_KEPT)
    }).pipe(Effect.provide(stores))
  )
})

describeFile("the tables of decisions", () => {
  it.effect("have no column for words or handles", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const columns = database.prepare<{ readonly name: string }>(
        "SELECT name FROM pragma_table_info('decisions') UNION SELECT name FROM pragma_table_info('turn_ends')"
      )
      expect(yield* database.read(() => map(columns.all(), (rows) => rows.map(({ name }) => name)))).toEqual([
        ...["account_id", "agent_id", "at", "chat_id", "code", "duration_ms", "ended_at", "fate", "guid"],
        ...["outcome", "reason", "row_id", "turn_id"]
      ])
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )
})
