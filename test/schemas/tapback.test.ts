import { describe, expect, it } from "@effect/vitest"
import { isSameTapback, TAPBACKS, tapbackName } from "../../src/schemas/tapback.ts"

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
