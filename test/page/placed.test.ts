import { describe, expect, it } from "@effect/vitest"
import { type Hold, LINGERS_MS, type Placed, place } from "../../src/page/placed.ts"

/** Rows in short: those that are gone in lower case. */
const inShort = (rows: ReadonlyArray<Placed<string>>): string =>
  rows.map(({ goneAt, item }) => (goneAt === undefined ? item : item.toLowerCase())).join("")

const later = (
  before: ReadonlyArray<Placed<string>>,
  items: string,
  now: number,
  hold: Hold
): ReadonlyArray<Placed<string>> => place(before, [...items], (item) => item, now, hold)

describe("rows of a list", () => {
  const first = later([], "ABC", 0, "free")

  it.each([
    ["are as the data is while nobody is there", "XABC", 0, "free", "XABC"],
    ["keep the place of what is gone", "AC", 1, "free", "AbC"],
    ["keep it while somebody is there", "AC", 1, "here", "AbC"],
    ["have what is new below, while somebody is there", "XABC", 1, "here", "ABCX"],
    ["have what is new below, while something gone is shown", "XAC", 1, "free", "AbCX"],
    ["do not change their order under somebody", "CBA", 1, "here", "ABC"],
    ["do not grow over somebody who is at another list below", "XABC", 1, "below", "ABC"],
    ["do not shrink over them either", "AC", LINGERS_MS * 2, "below", "AbC"]
  ] as const)("%s", (_, items, now, hold, rows) => {
    expect(inShort(later(first, items, now, hold))).toBe(rows)
  })

  it("let go of what is gone after a while, and only once nobody is there", () => {
    const gone = later(first, "AC", 0, "free")
    expect(inShort(later(gone, "AC", LINGERS_MS - 1, "free"))).toBe("AbC")
    expect(inShort(later(gone, "AC", LINGERS_MS, "here"))).toBe("AbC")
    expect(inShort(later(gone, "AC", LINGERS_MS, "free"))).toBe("AC")
  })

  it("come once nobody is below any more", () => {
    expect(inShort(later(later(first, "XABC", 0, "below"), "XABC", 1, "free"))).toBe("XABC")
  })

  it("take back in its place what is there again", () => {
    expect(inShort(later(later(first, "AC", 0, "here"), "CBA", 1, "here"))).toBe("ABC")
  })
})
