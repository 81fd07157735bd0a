import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { normaliseHandle } from "../../src/schemas/Handle.ts"

describe("the one spelling of a handle", () => {
  const rows = [
    { what: "a number in E.164 stays", raw: "+15555550123", handle: "+15555550123" },
    {
      what: "a number without country code is read by the region",
      raw: "555 555 0123",
      handle: "+15555550123"
    },
    { what: "brackets, dots and dashes are dropped", raw: "(555) 555-01.23", handle: "+15555550123" },
    { what: "a region in lower case counts", raw: "5555550123", region: "us", handle: "+15555550123" },
    { what: "an unknown region is read as US", raw: "5555550123", region: "ZZ", handle: "+15555550123" },
    { what: "imessage: is dropped", raw: "imessage:+15555550123", handle: "+15555550123" },
    { what: "sms: is dropped, whatever its case", raw: "SMS: 5555550123", handle: "+15555550123" },
    { what: "tel: is dropped", raw: "tel:+1-555-555-0123", handle: "+15555550123" },
    { what: "several prefixes are dropped", raw: "auto:sms:a@example.com", handle: "a@example.com" },
    { what: "an email is in lower case", raw: "  Ada@Example.COM ", handle: "ada@example.com" },
    { what: "a short code stays", raw: "26266", handle: "26266" },
    { what: "a name stays, in lower case", raw: "BANK", handle: "bank" },
    { what: "nothing stays nothing", raw: "  ", handle: "" },
    {
      what: "a number inside other words is nobody's",
      raw: "BANK +15555550123",
      handle: "bank +15555550123"
    },
    {
      what: "a business id with a number in it is no number",
      raw: "urn:biz:5555550123",
      handle: "urn:biz:5555550123"
    },
    {
      what: "an extension of a number is somebody else",
      raw: "+15555550123 ext. 5",
      handle: "+15555550123 ext. 5"
    }
  ]
  for (const { handle, raw, region = "US", what } of rows) {
    it(what, () => expect(normaliseHandle(raw, region)).toBe(handle))
  }
})

describe("normalising", () => {
  const piece = fc.constantFrom(
    "+",
    "1",
    "5",
    "0",
    " ",
    "-",
    "(",
    ")",
    "@",
    "a",
    "Z",
    "sms:",
    "imessage:",
    "x",
    ";",
    "ß",
    "İ"
  )
  const raws = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 20 }).map((all) => all.join(""))
  )

  it("changes nothing the second time", () =>
    fc.assert(
      fc.property(raws, fc.constantFrom("US", "GB", "DE", "IT", "MX", "AR", "BR"), (raw, region) => {
        const once = normaliseHandle(raw, region)
        expect(normaliseHandle(once, region)).toBe(once)
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
