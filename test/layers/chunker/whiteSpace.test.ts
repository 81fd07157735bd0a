import { describe, expect, it } from "@effect/vitest"
import { isWhiteSpace, skipWhiteSpace, trimmedEnd } from "../../../src/layers/chunker/whiteSpace.ts"

describe("white space", () => {
  it("is what a regular expression takes for it", () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
    expect(all.filter((one) => isWhiteSpace(one, 0))).toEqual(all.filter((one) => /\s/u.test(one)))
  })

  const rows = [
    { what: "is skipped", text: "a \r\n\tb", at: 1, start: 5 },
    { what: "is skipped to the end of the text", text: "a  ", at: 1, start: 3 },
    { what: "is not skipped where a mark is joined to it", text: "a  \u0301", at: 1, start: 2 },
    {
      what: "is skipped where it is a line end, to which no mark is joined",
      text: "a \n\u0301",
      at: 1,
      start: 3
    }
  ]
  for (const { at, start, text, what } of rows) {
    it(what, () => expect(skipWhiteSpace(text, at)).toBe(start))
  }

  it("is trimmed, but for what is joined to the character before", () => {
    expect(trimmedEnd("ab \n ", 0, 5)).toBe(2)
    expect(trimmedEnd("a\u0600 \n ", 0, 5)).toBe(3)
    expect(trimmedEnd("   ", 0, 3)).toBe(0)
  })
})
