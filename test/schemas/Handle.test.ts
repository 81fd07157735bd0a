import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { isPossibleNumber, normaliseHandle } from "../../src/schemas/Handle.ts"
import { type HandleKind, kindOf } from "../../src/schemas/HandleKind.ts"

describe("the one spelling of a handle", () => {
  it.each<[what: string, raw: string, handle: string, region?: string]>([
    ["a number in E.164 stays", "+15555550123", "+15555550123"],
    ["a number without country code is read by the region", "555 555 0123", "+15555550123"],
    ["brackets, dots and dashes are dropped", "(555) 555-01.23", "+15555550123"],
    ["a region in lower case counts", "5555550123", "+15555550123", "us"],
    ["an unknown region is read as US", "5555550123", "+15555550123", "ZZ"],
    ["imessage: is dropped", "imessage:+15555550123", "+15555550123"],
    ["sms: is dropped, whatever its case", "SMS: 5555550123", "+15555550123"],
    ["tel: is dropped", "tel:+1-555-555-0123", "+15555550123"],
    ["several prefixes are dropped", "auto:sms:a@example.com", "a@example.com"],
    ["an email is in lower case", "  Ada@Example.COM ", "ada@example.com"],
    ["an email keeps its dots and its tag", "a.b+c@mail.example.com", "a.b+c@mail.example.com"],
    ["a domain in its plain form stays", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
    ["a short code stays", "26266", "26266"],
    ["a long code of a service stays", "10690000123456", "10690000123456"],
    ["a name that an SMS came under stays, in lower case", "BANK", "bank"],
    ["such a name may have spaces and marks", "AT&T Free-Msg", "at&t free-msg"],
    ["a business is no number, whatever is in it", "urn:biz:5555550123", "urn:biz:5555550123"],
    ["nothing stays nothing", "  ", ""]
  ])("%s", (_, raw, handle, region = "US") => {
    expect(normaliseHandle(raw, region)).toBe(handle)
  })
})

const PHONE = "+15555550123"
const EMAIL = "kate@example.com"

/** Spellings that look like somebody's handle, or were taken for it once. */
const lookalikes: ReadonlyArray<readonly [what: string, raw: string]> = [
  ["a Kelvin sign for k", "\u212aate@example.com"],
  ["a Cyrillic letter", "k\u0430te@example.com"],
  ["an accent that is composed", "k\u00e1te@example.com"],
  ["an accent that is not", "ka\u0301te@example.com"],
  ["full-width letters", "\uff4b\uff41\uff54\uff45@example.com"],
  ["a full-width @", "kate\uff20example.com"],
  ["an ideographic full stop in the domain", "kate@example\u3002com"],
  ["a domain in another script", "kate@ex\u0430mple.com"],
  ["a zero-width space in an email", "kate@exam\u200bple.com"],
  ["a soft hyphen", "ka\u00adte@example.com"],
  ["a mark of writing direction", "\u202ekate@example.com"],
  ["a byte order mark before it", "\ufeffkate@example.com"],
  ["a byte order mark after a number", "+15555550123\ufeff"],
  ["a no-break space after it", "kate@example.com\u00a0"],
  ["a line break after it", "kate@example.com\n"],
  ["a tab in it", "kate@\texample.com"],
  ["a second address after it", "kate@example.com,eve@example.com"],
  ["a name before it", "Kate <kate@example.com>"],
  ["a scheme before it", "mailto:kate@example.com"],
  ["a percent sign for @", "kate%40example.com@"],
  ["full-width digits", "\uff0b\uff11\uff15\uff15\uff15\uff15\uff15\uff15\uff10\uff11\uff12\uff13"],
  ["Arabic digits", "+1\u0665\u0665\u0665\u0665\u0665\u0665\u0660\u0661\u0662\u0663"],
  ["a zero-width joiner in a number", "+1555\u200d5550123"],
  ["a no-break space in a number", "+1\u00a05555550123"],
  ["a sub-address", "+15555550123;isub=1"],
  ["a phone context", "+15555550123;phone-context=example.com"],
  ["a phone context that is the country", "5555550123;phone-context=+1"],
  ["an extension", "+15555550123 ext. 5"],
  ["an extension with a mark", "+15555550123#5"],
  ["a pause and more digits", "+15555550123,5"],
  ["two plus signs", "++15555550123"],
  ["letters of a keypad", "+1555555HELP"],
  ["a long s in the service before it", "\u017fm\u017f:+15555550123"],
  ["words before a number", "BANK +15555550123"]
]

describe("what only looks like a handle", () => {
  it.each(lookalikes)("is nobody's: %s", (_, raw) => {
    const handle = normaliseHandle(raw, "US")
    expect([PHONE, EMAIL, "+15555554357"]).not.toContain(handle)
    expect(handle).toBe("")
  })

  it("is nobody's where it is longer than any handle", () => {
    expect(normaliseHandle(`${"a".repeat(7_000_000)}@example.com`, "US")).toBe("")
    expect(normaliseHandle(`urn:biz:${"a".repeat(300)}`, "US")).toBe("")
  })

  it("is told at once, whatever it is made of", () => {
    const before = performance.now()
    for (const piece of ["a.", "a-", "1 ", "(", "a@", "-.", "'"]) normaliseHandle(piece.repeat(120), "US")
    expect(performance.now() - before).toBeLessThan(2000)
  })
})

describe("the kind of a handle", () => {
  it.each<[handle: string, kind: HandleKind | undefined]>([
    [PHONE, "phone"],
    [EMAIL, "email"],
    ["26266", "code"],
    ["bank", "name"],
    ["*611", "name"],
    ["urn:biz:example", "business"],
    ["Kate@example.com", undefined],
    ["5555550123 ", undefined],
    ["+015555550123", undefined],
    ["kate@localhost", undefined],
    ["kate@-example.com", undefined],
    ["kate@example..com", undefined],
    ["*@example.com", undefined],
    ["bank ", undefined],
    ["*", undefined],
    ["**", undefined],
    ["", undefined]
  ])("of %j is %s", (handle, kind) => {
    expect(kindOf(handle)).toBe(kind)
  })

  it("knows numbers that no country has", () => {
    expect(isPossibleNumber(PHONE)).toBe(true)
    expect(isPossibleNumber("+155555501011")).toBe(false)
    expect(isPossibleNumber("26266")).toBe(false)
  })
})

const regions = fc.constantFrom("US", "GB", "DE", "IT", "MX", "AR", "BR", "ZZ")

const piece = fc.constantFrom(
  ..."+150 -()@aZx;ß.#:",
  "sms:",
  "imessage:",
  "urn:biz:",
  "example.com",
  "\u212a",
  "\u0130",
  "\u200b",
  "\uff11"
)
/** Without digits: countries have prefixes that make no difference. */
const mark = fc.constantFrom(..." -()@aZx;ß.#:+", "sms:", "imessage:", "urn:biz:", "example.com", "\u200b")
const raws = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(piece, { maxLength: 20 }).map((all) => all.join(""))
)

/** Characters that a stranger could put into a handle, of which none is plain. */
const strange = fc
  .string({ unit: "binary", minLength: 1, maxLength: 1 })
  .filter((one) => !/^[ -~]$/.test(one))

describe("normalising", () => {
  it("changes nothing the second time", () =>
    fc.assert(
      fc.property(raws, regions, (raw, region) => {
        const once = normaliseHandle(raw, region)
        expect(normaliseHandle(once, region)).toBe(once)
      }),
      { numRuns: 2000 }
    ))

  it("gives a handle in the strict form, or nobody's", () =>
    fc.assert(
      fc.property(raws, regions, (raw, region) => {
        const handle = normaliseHandle(raw, region)
        expect(handle === "" || kindOf(handle) !== undefined).toBe(true)
      }),
      { numRuns: 2000 }
    ))

  it("gives nobody's for every text with a character that is not plain, wherever it stands", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(PHONE, EMAIL, "(555) 555-0123", "imessage:kate@example.com", "26266"),
        strange,
        fc.nat({ max: 40 }),
        regions,
        (handle, character, at, region) => {
          const raw = `${handle.slice(0, at)}${character}${handle.slice(at)}`
          expect(normaliseHandle(raw, region)).toBe("")
        }
      ),
      { numRuns: 2000 }
    ))

  it("keeps apart whatever differs in more than its case, its grouping and its service", () =>
    fc.assert(
      fc.property(fc.constantFrom(PHONE, EMAIL), fc.nat({ max: 15 }), mark, (handle, at, inserted) => {
        const raw = `${handle.slice(0, at)}${inserted}${handle.slice(at)}`
        const told = (text: string) =>
          text
            .toLowerCase()
            .replace(/^(?:imessage:|sms:)+/, "")
            .replace(handle === PHONE ? /[ ().-]/g : / (?=$)|(?<=^) /g, "")
        if (told(raw) !== told(handle)) expect(normaliseHandle(raw, "US")).not.toBe(handle)
      }),
      { numRuns: 2000 }
    ))

  it("gives a number in E.164 whatever its digits are grouped by", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("", " ", "-", "."), { minLength: 9, maxLength: 9 }),
        fc.integer({ min: 0, max: 9999 }),
        (gaps, last) => {
          const digits = `555555${String(last).padStart(4, "0")}`
          const raw = [...digits].map((digit, at) => digit + (gaps[at] ?? "")).join("")
          expect(normaliseHandle(raw, "US")).toBe(`+1${digits}`)
        }
      )
    ))
})
