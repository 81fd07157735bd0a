/** What happened in spans of time, as a table: what was decided, how turns and parts ended, and what is counted. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import * as DecisionsSql from "../../../src/layers/decisions/DecisionsSql.ts"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import type { Figures, TurnOutcome } from "../../../src/schemas/Decision.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import type { Fate } from "../../../src/schemas/Fate.ts"
import { FATE_WORDS } from "../../../src/schemas/fateWords.ts"
import { NO_LANDMARKS } from "../../../src/schemas/Landmark.ts"
import { Decisions } from "../../../src/services/Decisions.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { database, describe } from "../../support/databases.ts"

const stores = Layer.mergeAll(DecisionsSql.layer, PositionsSql.layer, OutboxSql.layer).pipe(
  Layer.provideMerge(database)
)

interface Happened {
  readonly rows?: ReadonlyArray<readonly [at: number, fate: Fate]>
  readonly turns?: ReadonlyArray<readonly [endedAt: number, outcome: TurnOutcome, durationMs: number]>
  readonly parts?: ReadonlyArray<readonly [settledAt: number, state: PartState]>
}

const put = ({ parts = [], rows = [], turns = [] }: Happened) =>
  Effect.gen(function* () {
    const { advance, begin } = yield* Positions
    const { turnEnded } = yield* Decisions
    const { putParts } = yield* Outbox
    yield* begin("default", { rowId: 0, baselineAt: undefined })
    yield* advance("default", {
      ...{ rowId: 100, landmarks: NO_LANDMARKS, unripe: [] },
      decided: rows.map(([at, fate], index) => ({
        ...{ rowId: index + 1, guid: `g-${index}`, chatId: 7, at, fate }
      }))
    })
    for (const [index, [endedAt, outcome, durationMs]] of turns.entries()) {
      yield* turnEnded("default", { id: `t-${index}`, agentId: "main", outcome, endedAt, durationMs })
    }
    for (const [index, [settledAt, state]] of parts.entries()) {
      yield* TestClock.setTime(settledAt)
      const part = { _tag: "Text", text: "a" } as const
      yield* putParts({ id: `d-${index}`, accountId: "default" }, [{ index: 0, part, state, tries: 1 }])
    }
  })

const SENT = PartState.Sent({ guid: undefined, rowId: undefined })
const FAILED = PartState.Failed({ detail: "no" })

/** Three spans of ten, from 100 on; the last is cut short. */
const WANTED = { since: 100, until: 125, spanMs: 10 }

const cases: ReadonlyArray<
  readonly [what: string, happened: Happened, spans: ReadonlyArray<Partial<Figures>>]
> = [
  [
    "nothing has happened: there are spans all the same",
    {},
    [
      { from: 100, until: 110, admitted: 0, turns: 0, medianMs: null, slowestMs: null, sentParts: 0 },
      { from: 110, until: 120 },
      { from: 120, until: 125 }
    ]
  ],
  [
    "rows are counted where they were decided, and one's own not at all",
    {
      rows: [
        [99, "dm-paired"],
        [100, "dm-paired"],
        [109, "stale"],
        [110, "command"],
        [111, "echo"],
        [125, "stale"]
      ]
    },
    [
      { admitted: 1, others: 1 },
      { admitted: 1, others: 0 },
      { admitted: 0, others: 0 }
    ]
  ],
  [
    "of turns that an agent has ended the time counts, and of the others their number",
    {
      turns: [
        [101, "answered", 30],
        [102, "silent", 10],
        [103, "answered", 20],
        [104, "failed", 900],
        [112, "over-budget", 0],
        [113, "stopped", 70]
      ]
    },
    [
      { turns: 4, failedTurns: 1, medianMs: 20, slowestMs: 30 },
      { turns: 2, failedTurns: 0, medianMs: null, slowestMs: null },
      { turns: 0 }
    ]
  ],
  [
    "parts are counted where they were settled",
    {
      parts: [
        [100, SENT],
        [119, SENT],
        [119, FAILED],
        [120, PartState.Uncertain({ detail: "lost" })],
        [125, SENT]
      ]
    },
    [
      { sentParts: 1, unsentParts: 0 },
      { sentParts: 1, unsentParts: 1 },
      { sentParts: 0, unsentParts: 1 }
    ]
  ]
]

describe("figures", () => {
  for (const [what, happened, spans] of cases) {
    it.effect(what, () =>
      Effect.gen(function* () {
        yield* put(happened)
        const figures = yield* (yield* Decisions).figures(WANTED)
        expect(figures).toMatchObject(spans)
        expect(figures).toHaveLength(spans.length)
      }).pipe(Effect.provide(stores))
    )
  }

  it.effect("count as let in what their words say was given to an agent, or done by the gateway", () =>
    Effect.gen(function* () {
      const fates = Object.entries(FATE_WORDS)
      const { advance, begin } = yield* Positions
      yield* begin("default", { rowId: 0, baselineAt: undefined })
      yield* advance("default", {
        ...{ rowId: 100, landmarks: NO_LANDMARKS, unripe: [] },
        decided: fates.map(([fate], index) => ({
          rowId: index + 1,
          guid: `g-${index}`,
          chatId: 7,
          at: 100,
          fate
        }))
      })
      const [span] = yield* (yield* Decisions).figures(WANTED)
      const letIn = fates.filter(
        ([, { done }]) => done === "given to the agent" || done === "done by the gateway"
      )
      expect(span?.admitted).toBe(letIn.length)
      const nobodys = fates.filter(([, { done }]) => done === "not for anybody")
      expect(nobodys.map(([fate]) => fate).sort()).toEqual(
        ["echo", "empty", "from-me", "link-preview", "poll-unreadable", "reaction"].sort()
      )
      expect(span?.others).toBe(fates.length - letIn.length - nobodys.length)
    }).pipe(Effect.provide(stores))
  )
})
