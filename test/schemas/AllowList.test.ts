import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { admits, type Entry, parseAllowList, readEntry } from "../../src/schemas/AllowList.ts"
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
    {
      what: "names a sender by one service",
      entry: "sms:+15555550101",
      envelope: { via: "sms" },
      admitted: true
    },
    {
      what: "for one service does not name who writes by another",
      entry: "imessage:+15555550101",
      envelope: { via: "sms" },
      admitted: false
    },
    {
      what: "for one service does not name who writes by one that is not known",
      entry: "imessage:+15555550101",
      admitted: false
    },
    {
      what: "with auto: names a sender by every service",
      entry: "auto:+15555550101",
      envelope: { via: "sms" },
      admitted: true
    },
    {
      what: "with tel: names a sender by every service",
      entry: "tel:+15555550101",
      envelope: { via: "imessage" },
      admitted: true
    },
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
    {
      what: "chat_guid: names a chat whose service Messages writes in another way by now",
      entry: "chat_guid:iMessage;+;chat1",
      envelope: { chatGuid: "any;+;chat1" },
      admitted: true
    },
    {
      what: "chat_guid: of a chat of two does not name who writes by another service",
      entry: "chat_guid:iMessage;-;+15555550101",
      envelope: { chatGuid: "any;-;+15555550101", via: "sms" },
      admitted: false
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
    {
      what: "names a sender with spaces around the colon",
      entry: "SMS : +15555550101",
      envelope: { via: "sms" },
      admitted: true
    },
    {
      what: "names a sender with the marks that an address book puts around a number",
      entry: "\u202a+1 (555) 555-0101\u202c",
      admitted: true
    },
    { what: "names a short code", entry: "26266", envelope: { sender: "26266" }, admitted: true },
    {
      what: "names what a company writes as",
      entry: "sms:MyBank",
      envelope: { sender: "mybank", via: "sms" },
      admitted: true
    },
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

  it("for one service and another for the other service name a sender by both", () => {
    const list = parseAllowList(["imessage:+15555550101", "sms:+15555550101"], "US")
    expect(admits(list, makeEnvelope({ via: "sms" }))).toBe(true)
    expect(admits(list, makeEnvelope({ via: "imessage" }))).toBe(true)
    expect(admits(list, makeEnvelope())).toBe(false)
  })

  it("for every service counts more than one for a single service, in whichever order", () => {
    for (const entries of [
      ["+15555550101", "imessage:+15555550101"],
      ["imessage:+15555550101", "+15555550101"]
    ]) {
      expect(admits(parseAllowList(entries, "US"), makeEnvelope({ via: "sms" }))).toBe(true)
    }
  })

  it("of several is enough", () =>
    expect(admits(parseAllowList(["+15555550199", "chat_id:7"], "US"), makeEnvelope())).toBe(true))

  it("is needed: an empty list admits nobody", () =>
    expect(admits(parseAllowList([], "US"), makeEnvelope())).toBe(false))
})

const person = (handle: string): Entry => ({ _tag: "Sender", handle })

describe("what an entry names", () => {
  it.each<[entry: string, names: Entry]>([
    ["*", { _tag: "Everyone" }],
    ["+1 (555) 555-0101", person(ALICE)],
    ["+1\u00a0555\u2011555\u20110101", person(ALICE)],
    ["imessage:+15555550101", { _tag: "Sender", handle: ALICE, via: "imessage" }],
    ["sms:Ada@Example.com", { _tag: "Sender", handle: "ada@example.com", via: "sms" }],
    ["auto:+15555550101", person(ALICE)],
    ["26266", person("26266")],
    ["auto:26266", person("26266")],
    ["sms:26266", { _tag: "Sender", handle: "26266", via: "sms" }],
    ["sms:10690000123456", { _tag: "Sender", handle: "10690000123456", via: "sms" }],
    ["sms:MYBANK", { _tag: "Sender", handle: "mybank", via: "sms" }],
    ["urn:biz:example", person("urn:biz:example")],
    ["chat_id:7", { _tag: "Chat", chat: { _tag: "ChatId", chatId: 7 } }],
    ["guid:x", { _tag: "Chat", chat: { _tag: "ChatGuid", chatGuid: "x" } }]
  ])("%j names it", (entry, names) => {
    expect(readEntry(entry, "US")).toStrictEqual(Either.right(names))
  })

  const forms = "chat_id:42, chat_guid:…, chat_identifier:…, a phone number or an email"
  const email = "an email with both its sides, such as user@example.com"
  const international = "a phone number with its country code, such as +15555550123"
  const alone = "the phone number or the email alone, without the name of its owner"
  const row = "a positive whole number after the colon, as in chat_id:42"

  it.each<[entry: string, expected: string]>([
    ["", forms],
    ["  ", forms],
    ["\u200b", "a handle without invisible characters"],
    ["++15551230001", international],
    ["+1 555", international],
    ["+155555501011", international],
    ["Sam +15551230001", alone],
    ["Sam (+1 555 123 0001)", alone],
    ["Sam <sam@example.com>", alone],
    ["Sam", `${forms} (a company that writes under this name is sms:Sam)`],
    ["everyone", `${forms} (a company that writes under this name is sms:everyone)`],
    ["**", forms],
    ["sam@", email],
    ["@example.com", email],
    ["*@example.com", email],
    ["sam@localhost", email],
    ["sam@example.com,ada@example.com", email],
    [
      "\u212aate@example.com",
      "an email of plain letters (a domain of others in its xn-- form), such as user@example.com"
    ],
    ["ka\u200bte@example.com", "a handle without invisible characters"],
    ["+15555550123;isub=1", forms],
    ["imessage:", "a phone number or an email after imessage:"],
    ["sms: ", "a phone number or an email after sms:"],
    ["imessage:MyBank", `${forms} (a company that writes under this name is sms:MyBank)`],
    ["auto:MyBank", `${forms} (a company that writes under this name is sms:MyBank)`],
    [
      "imessage:26266",
      "a number that is a possible phone number in US (a chat is written chat_id:26266, a short code sms:26266)"
    ],
    [
      "5551234",
      "a number that is a possible phone number in US (a chat is written chat_id:5551234, a short code sms:5551234)"
    ],
    ["imessage:*", '"*" alone for everyone; imessage.services says which services may be used'],
    ["imessage:sms:+15555550123", "one service, as in imessage:…"],
    ["rcs:+15555550123", "sms: in place of rcs:, for RCS counts as SMS here"],
    ["telegram:12345", forms],
    [
      "accessGroup:family",
      "the phone numbers and emails themselves, for there are no access groups here; write those of the group instead"
    ],
    ["42", "a number that is a possible phone number in US (a chat is written chat_id:42)"],
    ["555555010", "a number that is a possible phone number in US (a chat is written chat_id:555555010)"],
    ["iMessage;+;chat42", "chat_guid: before the guid of a chat, as in chat_guid:iMessage;+;chat42"],
    ["chat_id:abc", row],
    ["chat_id:*", row],
    ["chat:", row],
    ["imessage:chat_id:0", row],
    ["guid: ", "the guid of a chat after the colon, as in chat_guid:iMessage;+;chat42"]
  ])("%j names nobody, and it is said what was expected", (entry, expected) => {
    expect(readEntry(entry, "US")).toStrictEqual(Either.left(expected))
    expect(admits(parseAllowList([entry], "US"), makeEnvelope({ sender: "" }))).toBe(false)
  })
})
