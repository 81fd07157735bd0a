import { describe, expect, it } from "@effect/vitest"
import { accountNamed, personInWords } from "../../src/schemas/naming.ts"

const SAM = "+15555550123"
const PEOPLE = [{ name: "sam", handles: [SAM, "sam@example.com"] }]

describe("names beside what they name", () => {
  it.each<[handle: string, otherwise: string | undefined, words: string]>([
    [SAM, undefined, `sam (${SAM})`],
    [SAM, "Samuel", `sam (${SAM})`],
    [`imessage:${SAM}`, undefined, `sam (imessage:${SAM})`],
    [`chat_guid:iMessage;-;${SAM}`, undefined, `sam (chat_guid:iMessage;-;${SAM})`],
    ["sam@example.com", undefined, "sam (sam@example.com)"],
    ["+15555550124", "Kim", "Kim (+15555550124)"],
    ["+15555550124", "", "+15555550124"],
    ["chat_id:7", undefined, "chat_id:7"],
    ["sam", undefined, "sam"]
  ])("%s, otherwise %s", (handle, otherwise, words) => {
    expect(personInWords(PEOPLE, handle, otherwise)).toBe(words)
  })

  it.each<[id: string, words: string]>([
    ["bot", "bot (Bot)"],
    ["plain", "plain"],
    ["same", "same"],
    ["gone", "gone"]
  ])("the account %s", (id, words) => {
    const accounts = [
      { id: "bot", name: "Bot" },
      { id: "plain", name: null },
      { id: "same", name: "same" }
    ]
    expect(accountNamed(accounts, id)).toBe(words)
  })
})
