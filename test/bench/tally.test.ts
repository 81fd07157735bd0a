import { describe, expect, it } from "@effect/vitest"
import { makeTally } from "../../bench/tally.ts"

const here = { account: "one", chatId: 1 }
const there = { account: "one", chatId: 2 }

describe("a tally", () => {
  it("knows an answer by the end of its text, and when both were", () => {
    const tally = makeTally(1)
    const text = tally.written(here, 5)
    expect(tally.waiting()).toBe(1)
    expect(tally.answered(here, `[echo] ${text}`, 25)).toBe(true)
    expect(tally.waiting()).toBe(0)
    expect(tally.result()).toEqual({
      written: 1,
      answered: 1,
      unexpected: 0,
      disordered: 0,
      messages: [{ writtenAt: 5, answeredAt: 25 }]
    })
  })

  it.each([
    ["a message that was answered", here, (text: string) => text],
    ["a message of another chat", there, (text: string) => text],
    ["a message of another account", { account: "two", chatId: 1 }, (text: string) => text],
    ["a message of another run", here, () => "message 1.0"],
    ["a message that nobody wrote", here, () => "message 2.7"],
    ["no message", here, () => "hello"]
  ])("expects no answer to %s", (_, place, textOf) => {
    const tally = makeTally(2)
    const text = tally.written(here, 0)
    if (place === here) tally.answered(here, text, 1)
    expect(tally.answered(place, textOf(text), 2)).toBe(false)
    expect(tally.result().unexpected).toBe(1)
  })

  it("sees an answer that comes after one to a later message of its chat, and of no other chat", () => {
    const tally = makeTally(1)
    const first = tally.written(here, 0)
    const elsewhere = tally.written(there, 0)
    const second = tally.written(here, 0)
    for (const [place, text] of [
      [here, second],
      [there, elsewhere],
      [here, first]
    ] as const) {
      tally.answered(place, text, 1)
    }
    expect(tally.result()).toMatchObject({ answered: 3, disordered: 1, unexpected: 0 })
  })
})
