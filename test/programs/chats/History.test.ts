/** What people and tools read of rows, also of those that have no text. */
import { describe, expect, it } from "@effect/vitest"
import { recordOf } from "../../../src/programs/chats/History.ts"
import type { ImsgPoll } from "../../../src/schemas/ImsgPoll.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import { makeMessage } from "../../support/envelopes.ts"

const poll = {
  kind: "created",
  question: "Dinner?",
  options: [
    { id: "a", text: "Pizza" },
    { id: "b", text: "Sushi" }
  ]
} satisfies ImsgPoll
const vote = {
  kind: "vote",
  poll_guid: "g",
  question: "Dinner?",
  vote: { option_id: "b", option_text: "Sushi" }
} satisfies ImsgPoll
const tapback = { is_reaction: true, reaction_type: "love", reacted_to_guid: "g" }

describe("the text of a row in a listing", () => {
  it.each<readonly [what: string, row: Partial<ImsgMessage>, text: string]>([
    ["is its own", { text: "\ufffc hello " }, "hello"],
    ["is empty of a file", { text: "\ufffc" }, ""],
    ["is of a poll its question and its options", { text: "", poll }, "Poll: Dinner?\n1. Pizza\n2. Sushi"],
    [
      "is of a vote what was voted for",
      { text: "", poll: vote },
      "(voted for “Sushi” in the poll “Dinner?”)"
    ],
    ["is of a tapback what Messages says of it", { text: "Loved “hello”", ...tapback }, "Loved “hello”"],
    [
      "is of a tapback without a text that it is one",
      { text: "", ...tapback },
      "(reacted with ❤️ to something that somebody sent)"
    ],
    ["is empty of a poll that cannot be read", { text: "", poll: { kind: "unknown" } }, ""]
  ])("%s", (_, row, text) => expect(recordOf(makeMessage(row)).text).toBe(text))
})
