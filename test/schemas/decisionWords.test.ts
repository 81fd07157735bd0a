import { describe, expect, it } from "@effect/vitest"
import type { DecidedPart, DecidedTurn, Decision } from "../../src/schemas/Decision.ts"
import { partsInWords, turnInWords } from "../../src/schemas/decisionWords.ts"

const decision = (rest: Partial<Decision> = {}): Decision => ({
  ...{
    accountId: "default",
    rowId: 1,
    guid: "g-1",
    chatId: 7,
    at: 10,
    fate: "dm-paired",
    turn: null,
    parts: []
  },
  ...rest
})

const turn = (rest: Partial<DecidedTurn> = {}): DecidedTurn => ({
  ...{ id: "default:g-1", agentId: "main", outcome: "answered", endedAt: 500, durationMs: 2140 },
  ...rest
})

const part = (index: number, state: DecidedPart["state"], detail: string | null = null): DecidedPart => ({
  ...{ index, state, detail, guid: null, settledAt: 9 }
})

describe("what became of a message", () => {
  it.each<[what: string, decision: Decision, turn: string | undefined, parts: ReadonlyArray<string>]>([
    ["it was nobody's turn", decision({ fate: "stale" }), undefined, []],
    ["it was done by the gateway", decision({ fate: "command" }), undefined, []],
    ["it waits for Messages", decision({ fate: "waiting" }), undefined, []],
    [
      "its turn has no end yet",
      decision(),
      "it is not answered yet: its agent is being asked, or earlier messages or a paused chat are in its way",
      []
    ],
    [
      "its turn ended in a crash, after its answer was written",
      decision({ parts: [part(0, "sent")] }),
      "it was answered; how long that took is not known",
      ["the answer was sent"]
    ],
    [
      "it was answered, and that is on its way",
      decision({ turn: turn() }),
      "main was asked, and answered in 2.1 s",
      ["the answer waits or is being sent"]
    ],
    [
      "it was answered together with one before it",
      decision({ turn: turn({ id: "default:g-0", durationMs: 340 }), parts: [part(0, "sent")] }),
      "main was asked, together with earlier messages, and answered in 340 ms",
      ["the answer was sent"]
    ],
    [
      "nothing was said",
      decision({ turn: turn({ outcome: "silent" }) }),
      "main was asked, and said nothing, after 2.1 s",
      []
    ],
    [
      "it failed",
      decision({
        turn: turn({ outcome: "failed", code: "agent_failed", reason: "agent main failed: no luck" })
      }),
      "it failed after 2.1 s: agent main failed: no luck; see `imsg-gateway deadletters list`",
      []
    ],
    [
      "it was over budget",
      decision({ turn: turn({ outcome: "over-budget" }) }),
      "main was not asked: what messages.budget allows in 24 hours is used up",
      []
    ],
    [
      "it was stopped",
      decision({ turn: turn({ outcome: "stopped" }) }),
      "it was stopped, by /stop or /new in the chat",
      []
    ],
    [
      "its answer had parts of every kind",
      decision({
        turn: turn(),
        parts: [part(0, "sent"), part(1, "uncertain", "imsg ended"), part(2, "failed", "no such file")]
      }),
      "main was asked, and answered in 2.1 s",
      ["part 1 was sent", "part 2 may have been sent: imsg ended", "part 3 was not sent: no such file"]
    ]
  ])("%s", (_, decision, turn, parts) => {
    expect(turnInWords(decision)).toBe(turn)
    expect(partsInWords(decision)).toEqual(parts)
  })
})
