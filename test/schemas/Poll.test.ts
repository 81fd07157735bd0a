import { describe, expect, it } from "@effect/vitest"
import { fromMessage } from "../../src/schemas/Envelope.ts"
import type { ImsgPoll } from "../../src/schemas/ImsgPoll.ts"
import { makeAccount } from "../support/configs.ts"
import { makeMessage } from "../support/envelopes.ts"

const options = [
  { id: "a", text: "Pizza" },
  { id: "b", text: "Sushi\nand more" }
]
const created: ImsgPoll = { kind: "created", poll_guid: "guid-1", question: "Dinner?", options }

describe("the message that is a poll", () => {
  it.each<readonly [what: string, poll: ImsgPoll, text: string]>([
    ["is its question and its options", created, "Poll: Dinner?\n1. Pizza\n2. Sushi and more"],
    ["may ask nothing", { ...created, question: "" }, "Poll:\n1. Pizza\n2. Sushi and more"],
    ["is nothing without options", { ...created, options: [] }, ""],
    ["is nothing of a kind that is not known", { ...created, kind: "unknown" }, ""]
  ])("%s", (_, poll, text) => {
    expect(fromMessage(makeAccount(), makeMessage({ text: "", poll })).text).toBe(text)
  })

  it("has its options by their ids, and stays the message that it was besides", () => {
    expect(fromMessage(makeAccount(), makeMessage({ text: "vote!", poll: created }))).toMatchObject({
      isReaction: false,
      text: "vote!\nPoll: Dinner?\n1. Pizza\n2. Sushi and more",
      poll: {
        guid: "guid-1",
        question: "Dinner?",
        options: [
          { id: "a", text: "Pizza" },
          { id: "b", text: "Sushi and more" }
        ]
      }
    })
  })
})
