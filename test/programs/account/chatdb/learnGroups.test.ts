import { describe, expect, it } from "@effect/vitest"
import { chatsOfGroups } from "../../../../src/programs/account/chatdb/learnGroups.ts"

describe("what groups are called", () => {
  const chats = [
    { id: 57, guid: "RCS;+;chat1", identifier: "chat1" },
    { id: 42, guid: "iMessage;+;chat1", identifier: "chat1" },
    { id: 43, guid: "iMessage;+;chat2", identifier: "chat2" },
    { id: 44 }
  ]

  it("is that of the chats that the config names, and of those with their identifiers", () =>
    expect(chatsOfGroups(chats, [42, 44, 99])).toEqual([
      { chatId: 57, chatGuid: "RCS;+;chat1", chatIdentifier: "chat1" },
      { chatId: 42, chatGuid: "iMessage;+;chat1", chatIdentifier: "chat1" }
    ]))

  it("is nothing where none of them is there", () => expect(chatsOfGroups(chats, [99])).toEqual([]))
})
