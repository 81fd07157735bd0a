import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc } from "effect"
import { normaliseHandle } from "../../src/schemas/Handle.ts"
import { parse, print, Service, type Target, targetKey, toSendTarget } from "../../src/schemas/Target.ts"

const US = { region: "US", service: "imessage" } as const

const chat = (chatId: number): Target => ({ _tag: "ChatId", chatId })
const guid = (chatGuid: string): Target => ({ _tag: "ChatGuid", chatGuid })
const identifier = (chatIdentifier: string): Target => ({ _tag: "ChatIdentifier", chatIdentifier })
const person = (handle: string, service: Service = "imessage"): Target => ({
  _tag: "Handle",
  handle,
  service
})

describe("a target", () => {
  const rows: ReadonlyArray<{ readonly target: Target; readonly send: object; readonly printed: string }> = [
    { target: chat(7), send: { chat_id: 7 }, printed: "chat_id:7" },
    { target: guid("g"), send: { chat_guid: "g" }, printed: "chat_guid:g" },
    { target: identifier("i"), send: { chat_identifier: "i" }, printed: "chat_identifier:i" },
    {
      target: person("+15555550101", "sms"),
      send: { to: "+15555550101", service: "sms", region: "DE" },
      printed: "sms:+15555550101"
    }
  ]
  for (const { printed, send, target } of rows) {
    it(`${target._tag} is sent to by exactly the parameters that are documented for it`, () =>
      expect(toSendTarget(target, "DE")).toStrictEqual(send))
    it(`${target._tag} is printed as it is documented`, () => expect(print(target)).toBe(printed))
    it(`${target._tag} has a key of its own`, () => expect(targetKey(target)).toBe(printed))
  }
})

describe("reading a target", () => {
  it.each<[input: string, target: Target]>([
    ["chat_id:5", chat(5)],
    ["chatid:5", chat(5)],
    ["chat:5", chat(5)],
    ["  Chat_ID : 5 ", chat(5)],
    ["chat_id:007", chat(7)],
    ["imessage:chat_id:5", chat(5)],
    ["SMS: chat: 5", chat(5)],
    ["chat_guid:iMessage;+;chat42", guid("iMessage;+;chat42")],
    ["chatguid:iMessage;+;chat42", guid("iMessage;+;chat42")],
    ["GUID: any;-;Ada@Example.com", guid("any;-;Ada@Example.com")],
    ["chat_identifier:chat42", identifier("chat42")],
    ["chatidentifier:chat42", identifier("chat42")],
    ["ChatIdent : Chat42", identifier("Chat42")],
    ["+15555550123", person("+15555550123")],
    ["(555) 555-0123", person("+15555550123")],
    ["1 555 555.0123", person("+15555550123")],
    ["tel:+1-555-555-0123", person("+15555550123")],
    ["\u202a+1 (555) 555-0123\u202c", person("+15555550123")],
    ["+1\u00a0(555)\u00a0555\u20110123", person("+15555550123")],
    ["imessage:+15555550123", person("+15555550123")],
    ["sms : 5555550123", person("+15555550123", "sms")],
    ["AUTO:+15555550123", person("+15555550123", "auto")],
    ["sms:sms:+15555550123", person("+15555550123", "sms")],
    [" Ada@Example.COM ", person("ada@example.com")],
    ["sms:ada@example.com", person("ada@example.com", "sms")],
    ["sms:26266", person("26266", "sms")],
    ["sms:262", person("262", "sms")],
    ["imessage:12345678", person("12345678")],
    ["urn:biz:5555550123", person("urn:biz:5555550123")],
    ["imessage:URN:BIZ:Example", person("urn:biz:example")]
  ])("%j is what it says", (input, target) => {
    expect(parse(input, US)).toStrictEqual(Either.right(target))
  })

  it("takes the service of the reader where it says none", () => {
    expect(parse("+15555550123", { ...US, service: "auto" })).toStrictEqual(
      Either.right(person("+15555550123", "auto"))
    )
  })

  it("reads a number by the region of the reader", () => {
    expect(parse("5555550123", { ...US, region: "ca" })).toStrictEqual(Either.right(person("+15555550123")))
    const elsewhere = Either.getOrThrow(Either.flip(parse("(555) 555-0123", { ...US, region: "no" })))
    expect(elsewhere.expected).toBe("a number that is a possible phone number in NO")
  })

  const anything = "chat_id:42, chat_guid:…, chat_identifier:…, a phone number or an email"
  const number = "a positive whole number after the colon, as in chat_id:42"
  const plainEmail =
    "an email of plain letters (a domain of others in its xn-- form), such as user@example.com"
  const email = "an email with both its sides, such as user@example.com"
  const international = "a phone number with its country code, such as +15555550123"
  const line = "one line without control characters"

  it.each<[input: string, expected: string]>([
    ["", anything],
    ["  ", anything],
    ["Ada", anything],
    ["+1555x", anything],
    ["whatsapp:+15555550123", anything],
    ["urn:biz:", anything],
    ["+15555550123 ext. 5", anything],
    ["chat_id:", number],
    ["chat_id:0", number],
    ["chat_id:-5", number],
    ["chat_id:+5", number],
    ["chat_id:5.0", number],
    ["chat_id:5 6", number],
    ["chat_id:９", number],
    ["chat_id:9007199254740992", number],
    ["chat:family", number],
    ["chat_guid: ", "the guid of a chat after the colon, as in chat_guid:iMessage;+;chat42"],
    ["imessage:guid:", "the guid of a chat after the colon, as in chat_guid:iMessage;+;chat42"],
    ["chat_identifier:", "the identifier of a chat after the colon, as in chat_identifier:chat42"],
    ["iMessage;+;chat42", "chat_guid: before the guid of a chat, as in chat_guid:iMessage;+;chat42"],
    ["imessage:", "a phone number or an email after imessage:"],
    ["imessage:sms:+15555550123", "one service, as in imessage:…"],
    ["42", "a number that is a possible phone number in US (a chat is written chat_id:42)"],
    ["0", "a number that is a possible phone number in US"],
    [
      "26266",
      "a number that is a possible phone number in US (a chat is written chat_id:26266, a short code sms:26266)"
    ],
    ["sms:42", "a number that is a possible phone number in US (a chat is written chat_id:42)"],
    ["99999999999999999999", "a number that is a possible phone number in US"],
    ["555-0123", "a number that is a possible phone number in US"],
    ["+42", international],
    ["+1 555", international],
    ["@example.com", email],
    ["ada@", email],
    ["ada@@example.com", email],
    ["Ada <ada@example.com>", email],
    ["mailto:ada@example.com", email],
    ["ada@localhost", email],
    ["\u212aate@example.com", plainEmail],
    ["ada@b\u00fccher.example", plainEmail],
    ["ka\u200bte@example.com", "a handle without invisible characters"],
    ["++15555550123", international],
    ["\uff0b15555550123", anything],
    ["+15555550123;isub=1", anything],
    ["chat_id:5\nchat_id:6", line],
    ["chat_guid:a\u0000b", line],
    ["ada\u0007@example.com", line],
    ["+1555\u20285550123", line]
  ])("%j is nonsense, and it is said what was expected", (input, expected) => {
    const invalid = Either.getOrThrow(Either.flip(parse(input, US)))
    expect(invalid).toMatchObject({ _tag: "TargetInvalid", input, expected })
  })
})

const services = fc.constantFrom(...Service.literals)
const regions = fc.constantFrom("US", "GB", "DE", "IT", "MX", "AR", "BR", "NO", "ZZ")
const readers = fc.record({ region: regions, service: services })

/** Trimmed text on one line, as guids and identifiers are. */
const names = fc
  .string({ minLength: 1, unit: "grapheme" })
  .filter((text) => text.trim() === text && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))
const pieces = fc.constantFrom(
  "iMessage",
  "SMS",
  "any",
  ";+;",
  ";-;",
  "chat:",
  "sms:",
  ":",
  "42",
  "+1555",
  "@"
)
const guids = fc.oneof(
  names,
  fc.array(pieces, { minLength: 1 }).map((all) => all.join(""))
)

const word = fc.stringMatching(/^[a-z0-9._+-]{1,20}$/)
const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/)
const handles = fc.oneof(
  fc.integer({ min: 1_000_000, max: 9_999_999 }).map((number) => `+1555${number}`),
  fc.tuple(word, label).map(([name, domain]) => `${name}@${domain}.example`),
  word.map((name) => `urn:biz:${name}`)
)

const targets: fc.Arbitrary<Target> = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(chat),
  guids.map(guid),
  guids.map(identifier),
  fc.tuple(handles, services).map(([handle, service]) => person(handle, service))
)

const prefixes = fc.constantFrom(
  "chat_id:",
  "chat:",
  " GUID :",
  "chat_identifier:",
  "imessage:",
  "Sms: ",
  "tel:"
)
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.oneof(prefixes, handles, pieces, fc.constantFrom("5", "0", " ", "\n", "a", "-", "İ", "\u202a")))
    .map((all) => all.join(""))
)

describe("printing and reading", () => {
  it("gives every target back, whoever reads", () =>
    fc.assert(
      fc.property(targets, readers, (target, reader) => {
        expect(parse(print(target), reader)).toStrictEqual(Either.right(target))
      }),
      { numRuns: 2000 }
    ))

  it("gives short codes back where they are no phone numbers", () =>
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 99_999_999 }), services, readers, (number, service, reader) => {
        const code = String(number)
        fc.pre(normaliseHandle(code, reader.region) === code)
        const target = person(code, service)
        expect(parse(print(target), reader)).toStrictEqual(Either.right(target))
      })
    ))

  it("never throws, and prints what it read in a form that it reads the same", () =>
    fc.assert(
      fc.property(texts, readers, services, (text, reader, other) => {
        const read = parse(text, reader)
        if (Either.isLeft(read)) {
          expect(read.left.expected).not.toBe("")
          return
        }
        const again = parse(print(read.right), { ...reader, service: other })
        expect(again).toStrictEqual(read)
      }),
      { numRuns: 5000 }
    ))

  it("reads handles in their one spelling", () =>
    fc.assert(
      fc.property(texts, readers, (text, reader) => {
        const read = parse(text, reader)
        if (Either.isLeft(read) || read.right._tag !== "Handle") return
        expect(normaliseHandle(read.right.handle, reader.region)).toBe(read.right.handle)
      }),
      { numRuns: 2000 }
    ))
})
