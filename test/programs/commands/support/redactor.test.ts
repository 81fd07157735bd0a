/** What leaves the machine has nobody's handle and nobody's name in it. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { makeRedactor } from "../../../../src/programs/commands/support/redactor.ts"

const redactor = (given: Partial<Parameters<typeof makeRedactor>[0]> = {}) =>
  makeRedactor({ people: [], names: [], secrets: [], home: "/Users/ada", region: "US", ...given })

describe("handles and names", () => {
  it.each([
    ["+15555550123 wrote", "person-1 wrote"],
    ["to +1 (555) 555-0123.", "to person-1."],
    ["a call from 555-555-0123", "a call from person-1"],
    ["imessage:+15555550123;-;x", "imessage:person-1;-;x"],
    ["iMessage;-;+15555550123", "iMessage;-;person-1"],
    ["chats/%2B15555550123/history", "chats/person-1/history"],
    ["Sam.Smith+x@example.com has", "person-1 has"],
    ["sam%40example.com", "person-1"],
    ["＋１５５５５５５０１２３", "person-1"],
    ["+1555\u200b5550\u00ad123", "person-1"],
    ["+١٥٥٥٥٥٥٠١٢٣", "person-1"],
    ["sam@éxample.com", "person-1"],
    ["ssh: me@mac: refused", "ssh: person-1: refused"]
  ])("%j becomes %j", (text, shown) => {
    expect(redactor()(text)).toBe(shown)
  })

  it.each([
    "2026-11-27T23:41:20.884Z row 123456 of chat_id:42",
    "v20.20.2, /usr/bin/node; 73.2 GB free",
    "E5A4B0C1-1234-5678-9012-000000000001",
    "127.0.0.1:18789"
  ])("%j is nobody's", (text) => {
    expect(redactor()(text)).toBe(text)
  })

  it("are the same person wherever they stand, by whichever handle or name", () => {
    const redact = redactor({
      people: [
        { name: "Kim", handles: ["+15555550111"] },
        { name: "Sam", handles: ["+15555550123", "sam@example.com"] }
      ],
      names: ["Ada's family"]
    })
    expect(redact("SAM@example.com, +1 555 555 0123 and sam")).toBe("person-1, person-1 and person-1")
    expect(redact("Kim told Samuel and ada's family")).toBe("person-3 told Samuel and person-2")
    expect(redact("+15555550124")).toBe("person-4")
  })

  it("and secrets and the home folder go too, the longest of them first", () => {
    const redact = redactor({ secrets: ["a-secret", "a-secret-of-mine"] })
    expect(redact("/Users/ada/x says Bearer a-secret-of-mine")).toBe("~/x says Bearer (secret)")
  })

  const digits = fc.stringMatching(/^[2-9]\d{9}$/u)
  const written = fc.oneof(
    digits.map((number) => ({ text: `+1${number}`, needle: number })),
    digits.map((number) => ({
      text: `(${number.slice(0, 3)}) ${number.slice(3, 6)}-${number.slice(6)}`,
      needle: number
    })),
    digits.map((number) => ({
      text: `00 49 ${number.replaceAll(/(\d\d)/gu, "$1 ").trim()}`,
      needle: number
    })),
    fc
      .tuple(
        fc.stringMatching(/^[a-z][a-z0-9._+-]{2,20}[a-z]$/u),
        fc.constantFrom("example.com", "mail.example.org")
      )
      .map(([name, at]) => ({ text: `${name}@${at}`, needle: `${name}@` }))
  )
  const around = fc.stringMatching(/^[ ,;:'"()<>{}[\]a-zäß中/=&?]{0,12}$/u)

  it("are never left in a text, whatever stands around them", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(around, written, around), { minLength: 1, maxLength: 4 }), (pieces) => {
        const shown = redactor()(
          pieces.map(([before, { text }, after]) => `${before} ${text} ${after}`).join("\n")
        )
        for (const [, { needle }] of pieces) {
          expect(shown).not.toContain(needle)
          expect(shown.replaceAll(/person-\d+/gu, "").replaceAll(/\D/gu, "")).not.toContain(needle)
        }
      }),
      { numRuns: 500 }
    )
  })

  it("are found quickly in a text that wants to be slow", () => {
    for (const piece of ["a", "1 ", "+", "(", "@", "a@", "1-"]) {
      expect(redactor()(piece.repeat(100_000)).length).toBeLessThan(100_000)
    }
  })
})
