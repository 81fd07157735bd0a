import { describe, expect, it } from "@effect/vitest"
import { type Target, targetKey, toSendTarget } from "../../src/schemas/Target.ts"

const rows: ReadonlyArray<{ readonly target: Target; readonly send: object; readonly key: string }> = [
  { target: { _tag: "ChatId", chatId: 7 }, send: { chat_id: 7 }, key: "chat_id:7" },
  { target: { _tag: "ChatGuid", chatGuid: "g" }, send: { chat_guid: "g" }, key: "chat_guid:g" },
  {
    target: { _tag: "ChatIdentifier", chatIdentifier: "i" },
    send: { chat_identifier: "i" },
    key: "chat_identifier:i"
  },
  {
    target: { _tag: "Handle", handle: "+15555550101", service: "sms" },
    send: { to: "+15555550101", service: "sms", region: "DE" },
    key: "sms:+15555550101"
  }
]

describe("a target", () => {
  for (const { key, send, target } of rows) {
    it(`${target._tag} is sent to by exactly the parameters that are documented for it`, () =>
      expect(toSendTarget(target, "DE")).toStrictEqual(send))
    it(`${target._tag} has a key of its own`, () => expect(targetKey(target)).toBe(key))
  }
})
