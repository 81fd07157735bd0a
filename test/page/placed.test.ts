import { describe, expect, it } from "@effect/vitest"
import { LINGERS_MS, type Placed, place } from "../../src/page/placed.ts"

/** Rows in short: those that are gone in lower case. */
const inShort = (rows: ReadonlyArray<Placed<string>>): string =>
  rows.map(({ goneAt, item }) => (goneAt === undefined ? item : item.toLowerCase())).join("")

const later = (
  before: ReadonlyArray<Placed<string>>,
  items: string,
  now: number,
  held: boolean
): ReadonlyArray<Placed<string>> => place(before, [...items], (item) => item, now, held)

describe("rows of a list", () => {
  const first = later([], "ABC", 0, false)

  it.each([
    ["are as the data is while nobody is there", "XABC", 0, false, "XABC"],
    ["keep the place of what is gone", "AC", 1, false, "AbC"],
    ["keep it while somebody is there", "AC", 1, true, "AbC"],
    ["have what is new below, while somebody is there", "XABC", 1, true, "ABCX"],
    ["have what is new below, while something gone is shown", "XAC", 1, false, "AbCX"],
    ["do not change their order under somebody", "CBA", 1, true, "ABC"]
  ])("%s", (_, items, now, held, rows) => {
    expect(inShort(later(first, items, now, held))).toBe(rows)
  })

  it("let go of what is gone after a while, and only once nobody is there", () => {
    const gone = later(first, "AC", 0, false)
    expect(inShort(later(gone, "AC", LINGERS_MS - 1, false))).toBe("AbC")
    expect(inShort(later(gone, "AC", LINGERS_MS, true))).toBe("AbC")
    expect(inShort(later(gone, "AC", LINGERS_MS, false))).toBe("AC")
  })

  it("take back in its place what is there again", () => {
    expect(inShort(later(later(first, "AC", 0, true), "CBA", 1, true))).toBe("ABC")
  })
})
