/** Which events make the page look into the chat that is open. */
import { describe, expect, it } from "@effect/vitest"
import { isOfChat, type KnownChat } from "../../src/page/ofChat.ts"
import type { GatewayEvent } from "../../src/schemas/GatewayEvent.ts"

const accountId = "default"

const KNOWN: KnownChat = {
  chat: { accountId, id: 7 },
  record: {
    ...{ accountId, id: 7, name: undefined, participants: ["+15555550111"], isGroup: false },
    ...{ service: undefined, identifier: "+15555550111", guid: "any;-;+15555550111", lastMessageAt: 1 }
  },
  guids: new Set(["guid-1"]),
  isAsking: false
}
const GROUP: KnownChat = {
  ...KNOWN,
  record: {
    ...{ accountId, id: 7, name: "Hiking", participants: ["+15555550111"], isGroup: true },
    ...{ service: undefined, identifier: undefined, guid: undefined, lastMessageAt: 1 }
  }
}

const judged = (chatId: number | undefined, of = accountId): GatewayEvent => ({
  ...{ _tag: "MessageJudged", accountId: of, rowId: 1, fate: "dm-open" },
  ...(chatId === undefined ? {} : { chatId })
})
const settled = (target: string): GatewayEvent => ({
  ...{ _tag: "PartSettled", accountId, deliveryId: "d", target, index: 0, outcome: "sent", durationMs: 1 }
})
const ended = (turnId: string): GatewayEvent => ({
  ...{ _tag: "TurnEnded", accountId, turnId, sessionKey: "s", agentId: "main", outcome: "silent" },
  durationMs: 1
})

describe("an event is of the chat that is open", () => {
  it.each([
    ["a message in it", judged(7), KNOWN, true],
    ["a message in another", judged(8), KNOWN, false],
    ["a message in a chat of the same number of another account", judged(7, "work"), KNOWN, false],
    ["a message of which Messages says no chat", judged(undefined), KNOWN, false],
    ["a part to its number", settled("chat_id:7"), KNOWN, true],
    ["a part to its guid", settled("chat_guid:any;-;+15555550111"), KNOWN, true],
    ["a part to who it is with", settled("imessage:+15555550111"), KNOWN, true],
    ["a part to a member of a group, elsewhere", settled("imessage:+15555550111"), GROUP, false],
    ["a part to another chat", settled("chat_id:8"), KNOWN, false],
    ["a part before Messages has told of it", settled("chat_id:7"), { ...KNOWN, record: undefined }, true],
    ["a turn of a message of it", ended("default:guid-1"), KNOWN, true],
    ["a turn of another message", ended("default:guid-2"), KNOWN, false],
    [
      "a turn that may be of what is being asked for",
      ended("default:guid-2"),
      { ...KNOWN, isAsking: true },
      true
    ],
    ["what the page does not show in it", { _tag: "ChildRestarted", accountId, reason: "x" }, KNOWN, false],
    ["what is of no account", { _tag: "SignedIn", address: "::1" }, KNOWN, false]
  ] as const)("%s", (_, event, known, isOf) => {
    expect(isOfChat(event, known)).toBe(isOf)
  })
})
