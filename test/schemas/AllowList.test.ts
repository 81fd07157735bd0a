import { describe, expect, it } from "@effect/vitest"
import { admits, parseAllowList } from "../../src/schemas/AllowList.ts"
import type { Envelope } from "../../src/schemas/Envelope.ts"
import { ALICE, makeEnvelope } from "../support/envelopes.ts"

describe("an entry", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly entry: string
    readonly envelope?: Partial<Envelope>
    readonly admitted: boolean
  }> = [
    { what: "names a sender", entry: ALICE, admitted: true },
    { what: "names a sender in another spelling", entry: "(555) 555-0101", admitted: true },
    { what: "names a sender with a service", entry: "sms:+15555550101", admitted: true },
    { what: "does not name another sender", entry: "+15555550102", admitted: false },
    { what: "does not name a sender whose number it begins", entry: "+1555555010", admitted: false },
    {
      what: "names an email in any case",
      entry: "Ada@Example.com",
      envelope: { sender: "ada@example.com" },
      admitted: true
    },
    { what: "`*` names everyone", entry: " * ", envelope: { sender: "" }, admitted: true },
    {
      what: "`*` inside of something else names nobody",
      entry: "*@example.com",
      envelope: { sender: "ada@example.com" },
      admitted: false
    },
    { what: "chat_id: names a chat", entry: "chat_id:7", admitted: true },
    { what: "chat_id: is read in any case and with spaces", entry: " Chat_ID: 7 ", admitted: true },
    { what: "chat: names a chat", entry: "chat:7", admitted: true },
    { what: "chat_id: does not name another chat", entry: "chat_id:77", admitted: false },
    { what: "chat_id:* names no chat", entry: "chat_id:*", admitted: false },
    {
      what: "chat_guid: names a chat",
      entry: "chat_guid:iMessage;+;chat1",
      envelope: { chatGuid: "iMessage;+;chat1" },
      admitted: true
    },
    {
      what: "guid: names a chat",
      entry: "guid:iMessage;+;chat1",
      envelope: { chatGuid: "iMessage;+;chat1" },
      admitted: true
    },
    { what: "chat_guid: names no chat without a guid", entry: "chat_guid:iMessage;+;chat1", admitted: false },
    {
      what: "chat_identifier: names a chat",
      entry: "chat_identifier:chat1",
      envelope: { chatIdentifier: "chat1" },
      admitted: true
    },
    { what: "chat_identifier: names no chat without one", entry: "chat_identifier:", admitted: false },
    { what: "a bare number is a person, not a chat_id", entry: "7", admitted: false },
    {
      what: "an empty entry does not name a sender that is not known",
      entry: "",
      envelope: { sender: "" },
      admitted: false
    },
    {
      what: "an empty service does not name a sender that is not known",
      entry: "imessage:",
      envelope: { sender: "" },
      admitted: false
    }
  ]
  for (const { admitted, entry, envelope, what } of rows) {
    it(what, () => expect(admits(parseAllowList([entry], "US"), makeEnvelope(envelope))).toBe(admitted))
  }

  it("of several is enough", () =>
    expect(admits(parseAllowList(["+15555550199", "chat_id:7"], "US"), makeEnvelope())).toBe(true))

  it("is needed: an empty list admits nobody", () =>
    expect(admits(parseAllowList([], "US"), makeEnvelope())).toBe(false))
})
