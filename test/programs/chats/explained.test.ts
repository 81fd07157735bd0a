import { describe, expect, it } from "@effect/vitest"
import { explained } from "../../../src/programs/chats/explained.ts"
import { showWhy } from "../../../src/programs/commands/cli/whyText.ts"
import type { MessageRecord } from "../../../src/schemas/control/Records.ts"
import type { Decision } from "../../../src/schemas/Decision.ts"

const SAM = "+15555550123"

const decided = (rowId: number, rest: Partial<Decision> = {}): Decision => ({
  ...{
    accountId: "default",
    rowId,
    guid: `g-${rowId}`,
    chatId: 7,
    at: 0,
    fate: "stale",
    turn: null,
    parts: []
  },
  ...rest
})

const message = (id: number, rest: Partial<MessageRecord> = {}): MessageRecord => ({
  ...{ id, guid: `g-${id}`, at: undefined, isFromMe: false, sender: SAM, senderName: undefined },
  ...{ text: "hello", files: [] },
  ...rest
})

const KNOWN = { people: [{ name: "sam", handles: [SAM] }], cursor: { rowId: 5, baselineAt: 1000 }, chats: [] }

describe("the last messages of a chat, with what was decided", () => {
  it("are those that came, oldest first, each once, and the last of them", () => {
    const found = explained(
      [decided(4), decided(2)],
      [message(1), message(2), message(3, { isFromMe: true }), message(6)],
      3
    )
    expect(found.map(({ decision, message, rowId }) => [rowId, message?.id, decision?.rowId])).toEqual([
      [2, 2, 2],
      [4, undefined, 4],
      [6, 6, undefined]
    ])
  })

  it.each<[what: string, text: string, found: ReturnType<typeof explained>]>([
    [
      "what is refused has its key, and what to do",
      `-  sam (${SAM}): hello
    not answered: groups are off (imessage.groupPolicy)
    Set it to "open", or to "allowlist" with imessage.groupAllowFrom.`,
      explained([decided(2, { fate: "groups-disabled" })], [message(2)], 1)
    ],
    [
      "what was not read yet",
      `-  sam (${SAM}): [file: a.png]
    not decided yet: the gateway has not read it; \`imsg-gateway status\` says whether it runs`,
      explained([], [message(6, { text: "", files: ["a.png"] })], 1)
    ],
    [
      "what was there before anything was read",
      `-  sam (${SAM}): hello
    not answered: it was there before the account was first started
    Have them write again.`,
      explained([], [message(4, { at: 1000 })], 1)
    ],
    [
      "what came since, and was decided too long ago",
      `-  sam (${SAM}): hello
    what was decided is not kept any more, or was not yet: see retention.days`,
      explained([], [message(5, { at: 1001 })], 1)
    ],
    [
      "what was decided too long ago",
      `-  Kim (+15555550124): hello
    what was decided is not kept any more, or was not yet: see retention.days`,
      explained([], [message(5, { sender: "+15555550124", senderName: "Kim" })], 1)
    ],
    [
      "what others wrote steers nothing, and is no line of its own",
      `-  \\u001b[31m (x): one two
    not for anybody: it is a reaction that no agent hears of (imessage.reactionNotifications)
    "own" has agents hear of those to what they said, "all" of those to what people wrote too.`,
      explained(
        [decided(2, { fate: "reaction" })],
        [message(2, { sender: "x", senderName: "\u001b[31m", text: "one\ntwo" })],
        1
      )
    ],
    [
      "nothing",
      "No message has come that anything is known of: `imsg-gateway status` says whether the account runs.",
      []
    ]
  ])("%s", (_, text, found) => {
    expect(showWhy(found, KNOWN).replace(/^\d{4}-\d\d-\d\d \d\d:\d\d/u, "-")).toBe(text)
  })

  it("have the name of their chat where its members are not told apart", () => {
    const chat = { accountId: "default", participants: [SAM, "x"], isGroup: true, service: undefined }
    const names = { identifier: undefined, guid: undefined, lastMessageAt: undefined }
    const shown = (chats: Parameters<typeof showWhy>[1]["chats"]) =>
      showWhy([{ rowId: 2, message: undefined, decision: decided(2, { fate: "empty" }) }], {
        ...KNOWN,
        chats
      })
    expect(shown([{ ...chat, ...names, id: 7, name: "Hiking" }])).toContain("somebody in Hiking (chat 7)\n")
    expect(shown([{ ...chat, ...names, id: 7, name: undefined }])).toContain(
      "somebody in a group of 2, chat 7\n"
    )
    const direct = { ...chat, ...names, id: 7, isGroup: false, participants: [SAM] }
    expect(shown([{ ...direct, name: SAM }])).toContain(`  sam (${SAM})\n`)
    expect(shown([])).toContain("somebody in chat 7\n")
  })
})
