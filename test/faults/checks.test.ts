/** A checker that cannot fail proves nothing: a round that keeps the laws passes, and each way to break one is told. */
import { describe, expect, it } from "@effect/vitest"
import { check, outstanding } from "./checks.ts"
import type { Observed, Said, Written } from "./observed.ts"

const written = (n: number, more: Partial<Written> = {}): Written => ({
  n,
  account: "old",
  chat: "ann",
  parts: 1,
  manner: "plain",
  mentions: false,
  rowId: n * 10,
  at: n * 1000,
  ...more
})

const said = (text: string, rowId: number, more: Partial<Said> = {}): Said => ({
  account: "old",
  rowId,
  chat: "ann",
  text,
  at: rowId * 100,
  ...more
})

/** Two messages of Ann, the second with an answer of two parts; one in the group that is for nobody; the stranger. */
const KEPT: Observed = {
  written: [
    written(1),
    written(2, { parts: 2 }),
    written(3, { chat: "group" }),
    written(4, { chat: "stranger", mentions: true })
  ],
  said: [
    said("answer 1.1 of 1", 11),
    said("answer 2.1 of 2", 21),
    said("answer 2.2 of 2", 22),
    said("your code is ABCD", 41, { chat: "stranger" })
  ],
  tapbacks: [{ account: "old", rowId: 10, times: 1 }],
  asked: [{ turnId: "old:1", texts: ["#1:1:plain# hello"] }],
  unsent: [],
  deadTurns: [],
  trouble: [
    { account: "old", announced: [[10, 11, 20, 21, 22, 30, 40, 41]], doubts: 0, struck: [] },
    { account: "new", announced: [], doubts: 0, struck: [] }
  ],
  secretIn: [],
  ends: [
    { code: undefined, told: "SIGKILL", stuck: false },
    { code: undefined, told: "SIGTERM", stuck: false },
    { code: 0, told: "SIGTERM", stuck: false }
  ],
  log: ['{"message":"running","logLevel":"INFO"}']
}

const without = (text: string) => KEPT.said.filter((row) => row.text !== text)
const ofOld = (more: Partial<Observed["trouble"][number]>) =>
  KEPT.trouble.map((one) => (one.account === "old" ? { ...one, ...more } : one))
const part = (n: number, index: number, state: "Uncertain" | "Failed") => ({
  account: "old",
  n,
  part: index,
  state,
  delivery: `old:${n}`,
  detail: ""
})

const laws = (change: Partial<Observed>, spared?: string) =>
  check({ ...KEPT, ...change }, spared).map(({ law }) => law)

describe("a round that keeps the laws", () => {
  for (const [what, change] of [
    ["as it is", {}],
    [
      "with an uncertain part after a doubtful send",
      {
        said: without("answer 1.1 of 1"),
        unsent: [part(1, 1, "Uncertain")],
        trouble: ofOld({ doubts: 1 })
      }
    ],
    [
      "with an answer that failed after two doubtful sends, whatever parts it had",
      {
        said: without("answer 2.1 of 2").filter(({ text }) => text !== "answer 2.2 of 2"),
        unsent: [part(2, 1, "Failed"), part(2, 2, "Failed")],
        trouble: ofOld({ doubts: 2 })
      }
    ],
    [
      "answered in the order of the announcements, where those were not in order",
      {
        said: [said("answer 2.1 of 2", 11), said("answer 2.2 of 2", 12), said("answer 1.1 of 1", 13)],
        trouble: ofOld({ announced: [[10], [20, 10]] })
      }
    ],
    ["without a code for the stranger", { said: without("your code is ABCD") }]
  ] satisfies ReadonlyArray<readonly [string, Partial<Observed>]>) {
    it(what, () => expect(check({ ...KEPT, ...change })).toEqual([]))
  }
})

describe("what breaks a law is told", () => {
  for (const [law, what, change] of [
    [1, "an answer that is nowhere", { said: without("answer 1.1 of 1") }],
    [1, "a part of an answer that is nowhere", { said: without("answer 2.2 of 2") }],
    [
      1,
      "an uncertain part that no fault explains",
      { said: without("answer 1.1 of 1"), unsent: [part(1, 1, "Uncertain")] }
    ],
    [
      1,
      "a failed answer after a single doubtful send",
      {
        said: without("answer 1.1 of 1"),
        unsent: [part(1, 1, "Failed")],
        trouble: ofOld({ doubts: 1 })
      }
    ],
    [1, "a turn that failed for good", { deadTurns: ["agent_failed: it exited with code 3"] }],
    [
      2,
      "a tapback that is there twice",
      { tapbacks: [{ account: "old", rowId: KEPT.written[0]?.rowId ?? 0, times: 2 }] }
    ],
    [4, "a tapback on something else", { tapbacks: [{ account: "old", rowId: 999, times: 1 }] }],
    [2, "a part that is there twice", { said: [...KEPT.said, said("answer 1.1 of 1", 50)] }],
    [
      3,
      "answers in the wrong order",
      { said: [said("answer 2.1 of 2", 11), said("answer 2.2 of 2", 12), said("answer 1.1 of 1", 13)] }
    ],
    [
      3,
      "parts in the wrong order",
      { said: [said("answer 1.1 of 1", 11), said("answer 2.2 of 2", 21), said("answer 2.1 of 2", 22)] }
    ],
    [
      4,
      "an answer in another chat",
      { said: [...without("answer 1.1 of 1"), said("answer 1.1 of 1", 11, { chat: "ben" })] }
    ],
    [
      4,
      "an answer through another account",
      { said: [...without("answer 1.1 of 1"), said("answer 1.1 of 1", 11, { account: "new" })] }
    ],
    [
      4,
      "an answer to a group that did not mention the agent",
      { said: [...KEPT.said, said("answer 3.1 of 1", 50, { chat: "group" })] }
    ],
    [
      4,
      "an answer to a message from before the start",
      { said: [...KEPT.said, said("answer 0.1 of 1", 50)] }
    ],
    [5, "the stranger's words in a file", { secretIn: ["/state/gateway.db"] }],
    [
      5,
      "two codes for the stranger",
      { said: [...KEPT.said, said("your code is EFGH", 50, { chat: "stranger" })] }
    ],
    [6, "an agent that is asked what it said", { asked: [{ turnId: "old:9", texts: ["answer 1.1 of 1"] }] }],
    [6, "something said that is no answer", { said: [...KEPT.said, said("answer", 50)] }],
    [9, "an end that nobody asked for", { ends: [{ code: 1, told: undefined, stuck: false }] }],
    [9, "an end with an error", { ends: [{ code: 1, told: "SIGTERM", stuck: false }] }],
    [9, "an end that did not come", { ends: [{ code: undefined, told: "SIGTERM", stuck: true }] }],
    [9, "a defect in the log", { log: ['{"message":["a defect ended a turn"],"logLevel":"ERROR"}'] }],
    [9, "a line that is no log line", { log: ["    at Object.<anonymous> (main.js:1:1)"] }]
  ] satisfies ReadonlyArray<readonly [number, string, Partial<Observed>]>) {
    it(`law ${law}: ${what}`, () => expect(new Set(laws(change))).toEqual(new Set([law])))
  }

  it("law 5: an answer of the agent to the stranger", () =>
    expect(
      laws({ said: [...without("your code is ABCD"), said("answer 4.1 of 1", 50, { chat: "stranger" })] })
    ).toEqual([5]))

  it("law 7: an account that waits for the other's trouble, and only where it was to be left alone", () => {
    const late = { said: KEPT.said.map((row) => ({ ...row, at: row.at + 60_000 })) }
    expect(new Set(laws(late, "old"))).toEqual(new Set([7]))
    expect(laws(late, "new")).toEqual([])
  })
})

describe("what a round waits for", () => {
  it("is every part of every answer that is neither in a chat nor given up", () =>
    expect(
      outstanding({ ...KEPT, said: [], unsent: [part(2, 1, "Failed")] }).map(
        ({ message, part: index }) => `${message.n}.${index}`
      )
    ).toEqual(["1.1", "2.2"]))
})
