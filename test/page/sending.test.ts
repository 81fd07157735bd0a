/** What the page makes of a message that is written by hand. */
import { describe, expect, it } from "@effect/vitest"
import { leftInBox, sentOutcome } from "../../src/page/sending.ts"

const part = { index: 0, state: "failed", guid: null, detail: "no such chat" } as const

describe("a message that is written by hand", () => {
  it.each([
    ["sent", [], { tone: "good", words: "Sent." }],
    ["sending", [], { tone: "good", words: "It is on its way." }],
    ["failed", [part], { tone: "bad", words: "It could not be sent. no such chat" }],
    [
      "uncertain",
      [],
      {
        tone: "doubtful",
        words: "It may or may not have been sent: look into the chat before you send it again."
      }
    ]
  ] as const)("that is %s is told as what it is", (state, parts, told) => {
    expect(sentOutcome({ state, parts })).toEqual(told)
  })

  it("that waits for a host says so", () => {
    const waits = { reason: "no host that may run it is up; it waits for spare", hint: "Start it." }
    expect(sentOutcome({ state: "sending", parts: [], waits })).toEqual({
      tone: "doubtful",
      words: `It is not sent yet: ${waits.reason}.`
    })
  })

  it.each([
    ["is gone from the box once it is sent", "sent", "hello", ""],
    ["is gone where it may have been sent", "uncertain", "hello", ""],
    ["stays where it failed", "failed", "hello", "hello"],
    ["does not take with it what was typed meanwhile", "sent", "hello, and", "hello, and"]
  ] as const)("%s", (_, state, typed, left) => {
    expect(leftInBox(state, "hello", typed)).toBe(left)
  })
})
