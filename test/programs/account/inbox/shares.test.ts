import { describe, expect, it } from "vitest"
import { isPassedOver, sharesOf } from "../../../../src/programs/account/inbox/shares.ts"

const missedIn = (chat: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ chat, rowId: from + at }))

/** The rows that are answered of those that were missed. */
const answered = (missed: ReturnType<typeof missedIn>, most: number) => {
  const shares = sharesOf(missed, most, 1000)
  return missed.filter((row) => !isPassedOver(shares, row)).map(({ rowId }) => rowId)
}

describe("of too many messages that were missed", () => {
  it("those of one chat are answered from the newest on", () =>
    expect(answered(missedIn("a", 1, 20), 5)).toEqual([16, 17, 18, 19, 20]))

  it("each chat has its share: a flood pushes no friend out", () =>
    expect(answered([...missedIn("friend", 1, 2), ...missedIn("flood", 3, 600)], 10)).toEqual([
      1, 2, 593, 594, 595, 596, 597, 598, 599, 600
    ]))

  it("those that have the newest come first where not every chat can have one", () =>
    expect(answered([...missedIn("a", 1, 1), ...missedIn("b", 2, 2), ...missedIn("c", 3, 3)], 2)).toEqual([
      2, 3
    ]))

  it("none is answered with 0", () => expect(answered(missedIn("a", 1, 3), 0)).toEqual([]))
})

describe("a message that could not be judged before it came", () => {
  const shares = sharesOf([...missedIn("a", 5, 9), ...missedIn("b", 10, 10)], 2, 20)

  it("is passed over where newer ones of its chat are answered, else not", () => {
    expect(isPassedOver(shares, { chat: "a", rowId: 1 })).toBe(true)
    expect(isPassedOver(shares, { chat: "c", rowId: 1 })).toBe(false)
  })
})

describe("a message that was not missed", () => {
  const shares = sharesOf(missedIn("a", 1, 9), 1, 9)

  it("is answered in a chat that had too many", () =>
    expect(isPassedOver(shares, { chat: "a", rowId: 10 })).toBe(false))
  it("is answered in a chat that had none", () =>
    expect(isPassedOver(shares, { chat: "b", rowId: 10 })).toBe(false))
  it("is answered where nothing was too much", () =>
    expect(isPassedOver(undefined, { chat: "a", rowId: 1 })).toBe(false))
})
