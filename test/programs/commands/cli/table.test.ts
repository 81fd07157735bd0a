/** Tables, as wide as there is room. */
import { describe, expect, it } from "@effect/vitest"
import { hasColours } from "../../../../src/layers/terminal/look.ts"
import { fitted, table } from "../../../../src/programs/commands/cli/table.ts"

const rows = [
  ["ID", "NAME", "WITH"],
  ["12345678901", "A group with a long name", "+15555550123, +15555550124, sam@example.com"],
  ["2", "山田さん", "kim@example.com"]
]

describe("a table", () => {
  it("is not cut where nobody says how wide it may be", () => {
    expect(table(rows)).toContain("+15555550123, +15555550124, sam@example.com")
    expect(table(rows)).not.toContain("…")
  })

  it("fits, by the width that characters have, and leaves whole what is typed again", () => {
    const lines = table(rows, { colours: false, width: 50 }).split("\n")
    expect(lines.filter((line) => line.length > 50)).toEqual([])
    expect(lines[1]).toMatch(/^12345678901 {2}A .*… {2}\+1555.*…$/u)
    // Each of the four characters takes two columns.
    expect(lines[2]?.indexOf("kim")).toBe((lines[0]?.indexOf("WITH") ?? 0) - 4)
  })

  it("makes the widest column narrower, and none narrower than it may be", () => {
    expect(fitted([5, 20, 40], [5, 6, 6], 44)).toEqual([5, 17, 18])
    expect(fitted([10, 10], [10, 10], 12)).toEqual([10, 10])
  })
})

describe("colours", () => {
  const rows = [
    { is: "of a terminal", stream: { isTTY: true }, env: {}, has: true },
    { is: "of a pipe", stream: {}, env: {}, has: false },
    { is: "of a dumb terminal", stream: { isTTY: true }, env: { TERM: "dumb" }, has: false },
    { is: "where NO_COLOR is set", stream: { isTTY: true }, env: { NO_COLOR: "1" }, has: false },
    { is: "where NO_COLOR is empty", stream: { isTTY: true }, env: { NO_COLOR: "" }, has: true },
    { is: "of a pipe with FORCE_COLOR", stream: {}, env: { FORCE_COLOR: "1" }, has: true },
    { is: "with FORCE_COLOR=0", stream: { isTTY: true }, env: { FORCE_COLOR: "0" }, has: false },
    { is: "with both", stream: {}, env: { FORCE_COLOR: "1", NO_COLOR: "1" }, has: false }
  ]
  for (const { env, has, is, stream } of rows) {
    it(`${is}: ${has ? "there are some" : "there are none"}`, () => expect(hasColours(stream, env)).toBe(has))
  }
})
