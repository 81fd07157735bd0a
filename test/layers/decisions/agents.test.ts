/** Figures at times that are on no boundary of a span, and how agents did. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as DecisionsSql from "../../../src/layers/decisions/DecisionsSql.ts"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import { NO_LANDMARKS } from "../../../src/schemas/Landmark.ts"
import { Decisions } from "../../../src/services/Decisions.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { database, describe } from "../../support/databases.ts"

const stores = Layer.merge(DecisionsSql.layer, PositionsSql.layer).pipe(Layer.provideMerge(database))
const NOW = 1_800_000_123_456

describe("figures", () => {
  it.effect("count what happened anywhere in a span", () =>
    Effect.gen(function* () {
      const { advance, begin } = yield* Positions
      const { figures } = yield* Decisions
      yield* begin("default", { rowId: 0, baselineAt: undefined })
      yield* advance("default", {
        ...{ rowId: 3, landmarks: NO_LANDMARKS, unripe: [] },
        decided: [1, 999, 1001].map((before, at) => ({
          ...{ rowId: at + 1, guid: `g-${at}`, chatId: 7, at: NOW - before, fate: "dm-open" }
        }))
      })
      const found = yield* figures({ since: NOW - 2000, until: NOW, spanMs: 1000 })
      expect(found.map(({ admitted }) => admitted)).toEqual([1, 2])
    }).pipe(Effect.provide(stores))
  )
})

describe("agents", () => {
  it.effect("are known by their last turns, and by how many failed since a time", () =>
    Effect.gen(function* () {
      const { agents, turnEnded } = yield* Decisions
      const end = (id: string, agentId: string, endedAt: number, outcome: "answered" | "failed") =>
        turnEnded("default", { ...{ id, agentId, endedAt, outcome }, durationMs: 5 })
      yield* end("t-1", "main", 100, "failed")
      yield* end("t-2", "main", 300, "failed")
      yield* end("t-3", "main", 200, "answered")
      yield* end("t-4", "other", 50, "answered")
      const found = yield* agents({ since: 150 })
      expect(found.map(({ agentId, failed, last, turns }) => [agentId, last.id, turns, failed])).toEqual([
        ["main", "t-2", 2, 1],
        ["other", "t-4", 0, 0]
      ])
    }).pipe(Effect.provide(stores))
  )
})
