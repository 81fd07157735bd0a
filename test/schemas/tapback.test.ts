import { describe, expect, it } from "@effect/vitest"
import { isSameTapback, TAPBACKS, tapbackName, tapbackOf } from "../../src/schemas/tapback.ts"

describe("a tapback", () => {
  for (const [name, emoji] of TAPBACKS) {
    it(`${name} is known by its name, in any case, and by ${emoji}`, () => {
      expect([name, name.toUpperCase(), emoji, ` ${emoji} `].map(tapbackName)).toEqual([
        name,
        name,
        name,
        name
      ])
    })
  }

  it("is known without the mark that asks for colour", () => {
    expect(["\u2764", "\u203c"].map(tapbackName)).toEqual(["love", "emphasize"])
  })

  it("of another emoji has no name", () => {
    expect(["\u{1f419}", "", "lovely"].map(tapbackName)).toEqual([undefined, undefined, undefined])
  })

  it("is the same by its name and by its emoji", () => {
    expect(isSameTapback("emphasis", "\u203c\ufe0f")).toBe(true)
    expect(isSameTapback("\u{1f419}", "\u{1f419}")).toBe(true)
    expect(isSameTapback("like", "dislike")).toBe(false)
  })
})

describe("a tapback as an agent writes it", () => {
  it.each<[written: string, tapback: string | undefined]>([
    ["love", "love"],
    ["Loved", "love"],
    ["❤️", "love"],
    ["\u2764", "love"],
    ["LIKE", "like"],
    [" 👍 ", "like"],
    ["👎", "dislike"],
    ["Haha", "laugh"],
    ["😂", "laugh"],
    ["Emphasis", "emphasize"],
    ["emphasize", "emphasize"],
    ["‼️", "emphasize"],
    ["questioned", "question"],
    ["❓", "question"],
    ["👀", "👀"],
    ["👍🏽", "👍🏽"],
    ["👩‍🚀", "👩‍🚀"],
    ["🇫🇷", "🇫🇷"],
    ["1️⃣", "1️⃣"],
    ["👀👀", undefined],
    ["👀 ok", undefined],
    ["great", undefined],
    ["5", undefined],
    ["constructor", undefined],
    [" ", undefined]
  ])("%j is %j", (written, tapback) => {
    expect(tapbackOf(written)).toBe(tapback)
  })
})
