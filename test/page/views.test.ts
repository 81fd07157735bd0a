/** What views decide before they show anything. */
import { describe, expect, it } from "@effect/vitest"
import {
  failuresInWords,
  latencyInWords,
  messagesInWords,
  stacked,
  together
} from "../../src/page/figures.ts"
import { droppable, groupsOf, letterKey, outcomeOf, retryable } from "../../src/page/letterGroups.ts"
import { chatName, type Names, personName, targetName } from "../../src/page/names.ts"
import { hrefOf, routeOf } from "../../src/page/route.ts"
import type { ChatRecord, LetterRecord } from "../../src/schemas/control/Records.ts"
import type { Figures } from "../../src/schemas/Decision.ts"

describe("the address of a view", () => {
  it.each([
    ["", { view: "overview" }],
    ["#/deadletters", { view: "deadletters" }],
    ["#/nowhere", { view: "overview" }],
    ["#/__proto__", { view: "overview" }],
    ["#/conversations", { view: "conversations" }],
    ["#/conversations/home%2F1/7", { view: "conversations", chat: { accountId: "home/1", id: 7 } }],
    ["#/conversations/home/seven", { view: "conversations" }],
    ["#/conversations/%zz/7", { view: "conversations", chat: { accountId: "%zz", id: 7 } }]
  ])("%s", (hash, route) => {
    expect(routeOf(hash)).toEqual(route)
  })

  it("leads back to its route", () => {
    const route = { view: "conversations", chat: { accountId: "a b", id: 3 } } as const
    expect(routeOf(hrefOf(route))).toEqual(route)
    expect(hrefOf({ view: "events" })).toBe("#/events")
  })
})

const chat = (over: Partial<ChatRecord>): ChatRecord => ({
  accountId: "default",
  id: 1,
  name: undefined,
  participants: ["+15555550111"],
  isGroup: false,
  service: undefined,
  identifier: undefined,
  guid: undefined,
  lastMessageAt: undefined,
  ...over
})

describe("names", () => {
  const group = chat({ id: 2, isGroup: true, participants: ["+15555550111", "a", "b", "c", "d"] })
  const names: Names = {
    people: [{ name: "Sam", handles: ["+15555550111"] }],
    chats: [chat({}), group, chat({ id: 3, name: "Kim", participants: ["kim@example.com"] })],
    accounts: [],
    agents: []
  }
  it.each([
    ["+15555550111", "Sam"],
    ["kim@example.com", "Kim"],
    ["+15555550199", "+15555550199"]
  ])("of %s: %s", (handle, name) => {
    expect(personName(names, handle)).toBe(name)
  })
  it.each([
    ["chat_id:1", "Sam"],
    ["chat_id:2", "Sam, a, b and 2 more"],
    ["chat_id:9", "chat_id:9"],
    ["imessage:+15555550111", "Sam"],
    ["auto:+15555550111", "Sam"]
  ])("of the target %s: %s", (target, name) => {
    expect(targetName(names, "default", target)).toBe(name)
  })
  it("of a group is its own where it has one", () => {
    expect(chatName(names, { ...group, name: "Hiking" })).toBe("Hiking")
    expect(targetName(names, "other", "chat_id:1")).toBe("chat_id:1")
  })
})

const letter = (id: number, code: string, status: LetterRecord["status"] = "dead"): LetterRecord => ({
  ...{ id, code, status, kind: "turn", accountId: "default", chat: "chat_id:1" },
  ...{ reason: "", attempts: 1, failedAt: 10 - id }
})

describe("dead letters", () => {
  const all = [letter(4, "a"), letter(3, "b", "retrying"), letter(2, "b", "asked"), letter(1, "a")]
  it("are grouped by their cause, the newest first", () => {
    expect(groupsOf(all).map(({ code, letters }) => [code, letters.map(({ id }) => id)])).toEqual([
      ["a", [4, 1]],
      ["b", [3, 2]]
    ])
  })
  it("are tried again oldest first, and dropped while nobody tries them", () => {
    expect(retryable(all).map(({ id }) => id)).toEqual([1, 4])
    expect(droppable(all).map(({ id }) => id)).toEqual([4, 2, 1])
  })
  it("are other ones once they failed again, and the same while they are tried", () => {
    const [first] = all
    const key = letterKey(letter(4, "a"))
    expect(first === undefined ? "" : letterKey(first)).toBe(key)
    expect(letterKey(letter(4, "a", "retrying"))).toBe(key)
    expect(letterKey({ ...letter(4, "a"), attempts: 2 })).not.toBe(key)
  })
  it("that were many are told as one", () => {
    expect(outcomeOf(2, [], "dropped")).toBe("2 letters are dropped.")
    expect(outcomeOf(1, ["no", "never"], "dropped")).toBe("1 letter is dropped. 2 could not be: no.")
  })
})

const figure = (from: number, over: Partial<Figures> = {}): Figures => ({
  ...{ from, until: from + 1, admitted: 0, others: 0, turns: 0, failedTurns: 0 },
  ...{ medianMs: null, slowestMs: null, sentParts: 0, unsentParts: 0 },
  ...over
})

describe("figures", () => {
  const day = [
    figure(0, { admitted: 2, others: 1, medianMs: 100, slowestMs: 900 }),
    figure(1),
    figure(2, { admitted: 1, failedTurns: 1, unsentParts: 2, medianMs: 300, slowestMs: 300 })
  ]
  it("are told in words", () => {
    expect(messagesInWords(day)).toBe("3 messages were let through, 1 other was not.")
    expect(latencyInWords(day)).toBe("Agents took about 100 ms to answer; the slowest 900 ms.")
    expect(failuresInWords(day)).toBe("1 turn failed; 2 parts of answers were not certainly sent.")
    const nothing = [figure(0)]
    expect([messagesInWords(nothing), latencyInWords(nothing), failuresInWords(nothing)]).toEqual([
      "No messages came in.",
      "No agent answered.",
      "Nothing failed."
    ])
  })
  it("stand on each other, the highest as high as the chart", () => {
    expect(
      stacked([
        [1, 1],
        [0, 0],
        [1, 3]
      ])
    ).toEqual([
      [
        { from: 0, to: 0.25 },
        { from: 0.25, to: 0.5 }
      ],
      [
        { from: 0, to: 0 },
        { from: 0, to: 0 }
      ],
      [
        { from: 0, to: 0.25 },
        { from: 0.25, to: 1 }
      ]
    ])
    expect(stacked([[0, 0]])).toEqual([
      [
        { from: 0, to: 0 },
        { from: 0, to: 0 }
      ]
    ])
  })
  it("are put together for a table", () => {
    expect(together(day, 2)).toEqual([
      figure(0, { until: 2, admitted: 2, others: 1, medianMs: 100, slowestMs: 900 }),
      figure(2, { admitted: 1, failedTurns: 1, unsentParts: 2, medianMs: 300, slowestMs: 300 })
    ])
  })
})
