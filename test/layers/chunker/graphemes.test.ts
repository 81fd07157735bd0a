import { describe, expect, it } from "@effect/vitest"
import { cutAt, isBoundary, lastBoundary } from "../../../src/layers/chunker/graphemes.ts"

const FAMILY = "👨‍👩‍👧‍👦"

describe("a grapheme", () => {
  const rows = [
    { what: "is a letter", text: "ab", at: 1, ends: true },
    { what: "is CR LF", text: "\r\n", at: 1, ends: false },
    { what: "is LF before CR", text: "\n\r", at: 1, ends: true },
    { what: "is a letter with its mark", text: "e\u0301", at: 1, ends: false },
    { what: "is not a line end with a mark", text: "\n\u0301", at: 1, ends: true },
    { what: "is a surrogate pair", text: "a😀", at: 2, ends: false },
    { what: "ends before a surrogate pair", text: "a😀", at: 1, ends: true },
    { what: "ends with the text", text: "a", at: 1, ends: true }
  ]
  for (const { at, ends, text, what } of rows) {
    it(what, () => expect(isBoundary(text, at)).toBe(ends))
  }

  it("ends last before the one that reaches beyond a place", () => {
    expect(lastBoundary(`a${FAMILY}b`, 0, 11)).toBe(1)
    expect(lastBoundary(`a${FAMILY}b`, 0, 12)).toBe(12)
    expect(lastBoundary(`a${FAMILY}b`, 1, 11)).toBe(1)
  })

  it("that is too long is cut between its characters, of which at least one is whole", () => {
    expect(cutAt(FAMILY, 0, 4)).toBe(3)
    expect(cutAt(FAMILY, 0, 3)).toBe(3)
    expect(cutAt(FAMILY, 0, 1)).toBe(2)
    expect(cutAt("\ud83d\u0301", 0, 1)).toBe(1)
  })
})
