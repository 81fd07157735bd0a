import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { admits, malformed, parseAllowList } from "../../src/schemas/AllowList.ts"
import type { Envelope } from "../../src/schemas/Envelope.ts"
import { ALICE, makeEnvelope } from "../support/envelopes.ts"

describe("an entry", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly entry: string
    readonly envelope?: Partial<Omit<Envelope, "chatId">>
    readonly chat?: "unknown"
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
      what: "chat_id: names no chat where Messages does not say which",
      entry: "chat_id:7",
      chat: "unknown",
      admitted: false
    },
    { what: "a malformed chat_id: names nobody", entry: "chat_id:abc", admitted: false },
    { what: "names a chat behind a service", entry: "sms:chat_id:7", admitted: true },
    { what: "names a sender with spaces around the colon", entry: "SMS : +15555550101", admitted: true },
    {
      what: "names a sender with the marks that an address book puts around a number",
      entry: "\u202a+1 (555) 555-0101\u202c",
      admitted: true
    },
    { what: "names a short code", entry: "26266", envelope: { sender: "26266" }, admitted: true },
    {
      what: "names a business in any case",
      entry: "urn:biz:Example",
      envelope: { sender: "urn:biz:example" },
      admitted: true
    },
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
  for (const { admitted, chat, entry, envelope, what } of rows) {
    it(what, () => {
      const { chatId, ...rest } = makeEnvelope(envelope)
      const message = chat === "unknown" || chatId === undefined ? rest : { chatId, ...rest }
      expect(admits(parseAllowList([entry], "US"), message)).toBe(admitted)
    })
  }

  it("of several is enough", () =>
    expect(admits(parseAllowList(["+15555550199", "chat_id:7"], "US"), makeEnvelope())).toBe(true))

  it("is needed: an empty list admits nobody", () =>
    expect(admits(parseAllowList([], "US"), makeEnvelope())).toBe(false))
})

describe("an entry that is written as a chat", () => {
  it.each(["chat_id:abc", "chat_id:*", "chat:", "guid: ", "imessage:chat_id:0"])("%s names none", (entry) => {
    expect(Option.map(malformed(entry), ({ input }) => input)).toEqual(Option.some(entry))
  })

  it.each(["chat_id:7", "guid:x", "*", "+15555550101", "26266", "urn:biz:example", "BANK", ""])(
    "%s is not malformed",
    (entry) => {
      expect(malformed(entry)).toEqual(Option.none())
    }
  )
})
