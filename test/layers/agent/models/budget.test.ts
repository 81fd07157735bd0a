/** How much of a conversation is told again, and in which form. */
import { describe, expect, it } from "@effect/vitest"
import {
  exchangeTokens,
  fitting,
  halved,
  isCutSilently,
  roomFor,
  tokensOf
} from "../../../../src/layers/agent/models/budget.ts"
import { conversation, merged } from "../../../../src/layers/agent/models/conversation.ts"
import { exchange } from "./asking.ts"

describe("an estimate of tokens", () => {
  it.each([
    ["", 4],
    ["abc", 5],
    ["abcd", 6],
    ["日本語", 7],
    ["👋🏽", 7]
  ])("%s has %i", (text, tokens) => {
    expect(tokensOf(text)).toBe(tokens)
  })

  it("counts pictures, and the word that stands for silence", () => {
    expect(tokensOf("abc", 2)).toBe(3205)
    expect(exchangeTokens(exchange("abc", ""))).toBe(5 + 7)
  })
})

describe("the room for what is remembered", () => {
  it.each([
    { what: "three quarters without what must be told", system: "", newest: "", pictures: 0, room: 742 },
    { what: "less by what must be told", system: "abc", newest: "abc", pictures: 0, room: 740 },
    {
      what: "below nothing where that is too much",
      system: "",
      newest: "x".repeat(6000),
      pictures: 0,
      room: -1258
    }
  ])("is $what", ({ room, ...told }) => {
    expect(roomFor({ contextTokens: 1000, ...told })).toBe(room)
  })
})

/** Of 10 tokens each. */
const three = [exchange("1", "1"), exchange("2", "2"), exchange("3", "3")]
const askedOf = (exchanges: ReadonlyArray<{ readonly asked: string }>) => exchanges.map(({ asked }) => asked)

describe("what fits", () => {
  it.each([
    [30, ["1", "2", "3"]],
    [1000, ["1", "2", "3"]],
    [29, ["2", "3"]],
    [10, ["3"]],
    [9, []],
    [0, []],
    [-5, []]
  ])("into %i tokens are the newest, whole: %s", (room, kept) => {
    expect(askedOf(fitting(three, room))).toEqual(kept)
  })

  it("has no gap where one in the midst is too long", () => {
    const [first, , last] = three
    expect(
      askedOf(
        fitting(
          [first, exchange("long".repeat(50), "2"), last].flatMap((one) => one ?? []),
          30
        )
      )
    ).toEqual(["3"])
  })

  it.each([
    [three, ["3"]],
    [three.slice(1), ["3"]],
    [three.slice(2), []],
    [[], []]
  ])("into half is always less", (exchanges, kept) => {
    expect(askedOf(halved(exchanges))).toEqual(kept)
  })
})

describe("the messages of a model", () => {
  const now = { text: "now", pictures: [] }
  const roles = (exchanges: ReadonlyArray<ReturnType<typeof exchange>>) =>
    conversation(exchanges, now).map(({ role, text }) => `${role}: ${text}`)

  it.each([
    [[], ["user: now"]],
    [[exchange("a", "b")], ["user: a", "assistant: b", "user: now"]],
    [[exchange("a", "")], ["user: a", "assistant: NO_REPLY", "user: now"]],
    [[exchange(" ", "b")], ["user: now"]]
  ])("alternate, and none is empty", (exchanges, told) => {
    expect(roles(exchanges)).toEqual(told)
  })

  it("of one role are one", () => {
    const picture = { mimeType: "image/png", base64: "AA==" }
    expect(
      merged([
        { role: "user", text: "a", pictures: [] },
        { role: "user", text: "b", pictures: [picture] },
        { role: "assistant", text: "c", pictures: [] }
      ])
    ).toEqual([
      { role: "user", text: "a\n\nb", pictures: [picture] },
      { role: "assistant", text: "c", pictures: [] }
    ])
  })
})

describe("a server that cuts", () => {
  it.each([
    { what: "has read a fraction", bytes: 30_000, tokens: 2000, isCut: true },
    { what: "has read what may be all of it", bytes: 30_000, tokens: 3000, isCut: false },
    { what: "has read all of it", bytes: 30_000, tokens: 9000, isCut: false },
    { what: "says nothing of it", bytes: 30_000, tokens: undefined, isCut: false },
    { what: "has not counted", bytes: 30_000, tokens: 0, isCut: false },
    { what: "was told too little to say", bytes: 2900, tokens: 10, isCut: false }
  ])("$what", ({ bytes, isCut, tokens }) => {
    expect(isCutSilently(bytes, tokens)).toBe(isCut)
  })
})
