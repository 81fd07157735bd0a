import { describe, expect, it } from "@effect/vitest"
import { flowOf, notesOf } from "../../src/page/flow.ts"
import type { MessageRecord } from "../../src/schemas/control/Records.ts"
import type { Decision } from "../../src/schemas/Decision.ts"

const agentName = (id: string): string => (id === "main" ? "Robin" : id)

const message = (id: number, over: Partial<MessageRecord> = {}): MessageRecord => ({
  id,
  guid: `guid-${id}`,
  at: id * 1000,
  isFromMe: false,
  sender: "+15555550111",
  senderName: undefined,
  text: `text ${id}`,
  files: [],
  ...over
})

const turn = { id: "t", agentId: "main", outcome: "answered", endedAt: 5, durationMs: 1200 } as const
const part = { index: 0, state: "sent", guid: "guid-2", detail: null, settledAt: 6 } as const

const decision = (rowId: number, over: Partial<Decision> = {}): Decision => ({
  accountId: "default",
  rowId,
  guid: `guid-${rowId}`,
  chatId: 7,
  at: rowId * 1000,
  fate: "dm-open",
  turn: null,
  parts: [],
  ...over
})

const words = (one: Decision | undefined) =>
  notesOf(one, agentName).map((note) => `${note.tone}: ${note.words}`)
const GIVEN = "plain: Given to the agent: everybody may write directly"

describe("what is told of a message", () => {
  it.each([
    ["unknown", undefined, ["plain: What was decided of it is not known"]],
    ["under way", decision(1), [GIVEN, "plain: The agent has not finished with it yet"]],
    ["answered", decision(1, { turn, parts: [part] }), [GIVEN, "good: Robin answered after 1.2 s"]],
    ["refused", decision(1, { fate: "groups-disabled" }), ["doubtful: Not answered: groups are off"]],
    [
      "failed",
      decision(1, {
        turn: { ...turn, outcome: "failed", code: "agent_failed", reason: "it ended with code 3" }
      }),
      [GIVEN, "bad: Robin failed: it ended with code 3"]
    ],
    [
      "not sent",
      decision(1, { turn, parts: [{ ...part, state: "failed", guid: null, detail: "no such chat" }] }),
      [GIVEN, "good: Robin answered after 1.2 s", "bad: Part 1 of the answer was not sent: no such chat"]
    ],
    [
      "in doubt",
      decision(1, { turn, parts: [{ ...part, state: "uncertain", guid: null, detail: null }] }),
      [
        GIVEN,
        "good: Robin answered after 1.2 s",
        "doubtful: Part 1 of the answer may or may not have been sent"
      ]
    ],
    [
      "of a fate of another build",
      decision(1, { fate: "moon-phase" }),
      ["doubtful: Not answered: moon phase"]
    ],
    ["waiting", decision(1, { fate: "waiting" }), ["doubtful: Waits for what Messages has not written yet"]]
  ])("that is %s", (_, one, told) => {
    expect(words(one)).toEqual(told)
  })
})

describe("the flow of a chat", () => {
  it("is what was said, with the decision of its guid, and the agent that an answer is of", () => {
    const history = [message(1), message(2, { isFromMe: true, sender: undefined }), message(3)]
    const decisions = [decision(3), decision(1, { turn, parts: [part] })]
    expect(flowOf(history, decisions, agentName).map(({ id, notes }) => [id, notes.at(-1)?.words])).toEqual([
      [1, "Robin answered after 1.2 s"],
      [2, "Sent for Robin"],
      [3, "The agent has not finished with it yet"]
    ])
  })

  it("is what was decided alone where nobody can ask Messages, oldest first, without words", () => {
    const found = flowOf(undefined, [decision(3), decision(2, { fate: "from-me" }), decision(1)], agentName)
    expect(found.map(({ id, isOurs, text }) => [id, isOurs, text])).toEqual([
      [1, false, undefined],
      [2, true, undefined],
      [3, false, undefined]
    ])
  })
})
