/** A letter in the words that its owner reads. */
import { describe, expect, it } from "@effect/vitest"
import { showOne } from "../../../src/programs/commands/cli/deadLetterText.ts"
import { details, words } from "../../../src/programs/deadLetters/records.ts"
import type { DeadLetter } from "../../../src/schemas/DeadLetter.ts"
import { type Part, type PartRecord, PartState } from "../../../src/schemas/Delivery.ts"

const poll = { question: "When?", options: ["Now", "Later"] }

const letter = {
  number: 1,
  status: "dead",
  attempts: 1,
  buriedAt: 0,
  ...{ code: "expired", message: "it was too late" },
  content: {
    _tag: "Delivery",
    delivery: {
      id: "turn-1",
      accountId: "default",
      target: { _tag: "ChatId", chatId: 7 },
      replies: [{ text: "one", media: ["/staged/a.png"], poll }],
      acts: [
        { _tag: "React", guid: "a", reaction: "like" },
        { _tag: "Unsend", guid: "b" }
      ]
    }
  }
} satisfies DeadLetter

describe("what was to be answered", () => {
  it("is all that would have been said and done, where nothing of it was tried", () => {
    expect(words(letter, []).answered).toEqual(
      ["one", "a.png", "poll: When? (Now, Later)", "tapback like", "message taken back"].map((said) => ({
        state: "queued",
        words: said,
        detail: null
      }))
    )
  })

  it("is its parts, each as far as it came, where it was", () => {
    const record = (index: number, part: Part, state: PartState): PartRecord => ({
      index,
      part,
      state,
      tries: 1
    })
    const parts = [
      record(0, { _tag: "Text", text: "one" }, PartState.Sent({ guid: "g", rowId: 1 })),
      record(1, { _tag: "React", guid: "a", reaction: "like" }, PartState.LeftOut({ detail: "no bridge" }))
    ]
    expect(words(letter, parts).answered).toEqual([
      { state: "sent", words: "one", detail: null },
      { state: "left-out", words: "tapback like", detail: "no bridge" }
    ])
  })
})

describe("a letter that is shown", () => {
  const shown = (parts: ReadonlyArray<PartRecord>) =>
    showOne(letter, parts, { accounts: [], people: [] }, 0).split("\n\n").slice(1).join("\n\n")

  it("has all that would have been said and done, where nothing of it was tried", () => {
    expect(shown([])).toBe(
      ["one", "file /staged/a.png", "poll: When? (Now, Later)", "tapback like", "message taken back"]
        .map((said) => `not begun\n    ${said}`)
        .join("\n")
    )
    expect(details(letter, [])).toMatchObject({
      replies: [{ text: "one", media: ["/staged/a.png"], poll }],
      acts: letter.content.delivery.acts,
      parts: []
    })
  })

  it("says what was left out as it is said elsewhere", () => {
    const part: Part = { _tag: "React", guid: "a", reaction: "like" }
    const state = PartState.LeftOut({ detail: "no bridge" })
    expect(shown([{ index: 0, part, state, tries: 1 }])).toBe(
      "part 1 of 1, left-out: no bridge\n    tapback like"
    )
  })
})
