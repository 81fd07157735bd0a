import { describe, expect, it } from "@effect/vitest"
import { namesChat } from "../../src/schemas/chatGuid.ts"
import type { MessageService } from "../../src/schemas/Target.ts"

describe("a guid that somebody wrote", () => {
  it.each<[written: string, chat: string, via: MessageService | undefined, names: boolean]>([
    ["iMessage;+;chat42", "iMessage;+;chat42", "imessage", true],
    ["iMessage;+;chat42", "any;+;chat42", "imessage", true],
    ["any;+;chat42", "iMessage;+;chat42", undefined, true],
    ["iMessage;+;chat42", "RCS;+;chat42", "sms", true],
    ["iMessage;+;chat42", "iMessage;+;chat421", "imessage", false],
    ["iMessage;+;chat42", "iMessage;-;chat42", "imessage", false],
    ["iMessage;-;+15555550101", "iMessage;-;+15555550101", "imessage", true],
    ["iMessage;-;+15555550101", "any;-;+15555550101", "imessage", true],
    ["iMessage;-;+15555550101", "any;-;+15555550101", "sms", false],
    ["iMessage;-;+15555550101", "any;-;+15555550101", undefined, false],
    ["iMessage;-;+15555550101", "SMS;-;+15555550101", "sms", false],
    ["SMS;-;+15555550101", "any;-;+15555550101", "sms", true],
    ["SMS;-;+15555550101", "RCS;-;+15555550101", "sms", false],
    ["iMessage;-;chat42", "any;-;chat42", undefined, true],
    ["iMessage;-;chat42", "RCS;-;chat42", "sms", true],
    ["any;-;+15555550101", "SMS;-;+15555550101", "sms", true],
    ["any;-;+15555550101", "iMessage;-;+15555550101", undefined, true],
    ["any;-;+15555550101", "any;-;+15555550102", "imessage", false],
    ["something", "something", undefined, true],
    ["something", "something else", "imessage", false]
  ])("%s: the chat %s, from which somebody writes by %s: %s", (written, chat, via, names) =>
    expect(namesChat(written, chat, via)).toBe(names)
  )
})
