import { describe, expect, it } from "@effect/vitest"
import { isSameText, ofPart, ofRow } from "../../src/schemas/fingerprint.ts"

const row = (text: string, ...names: ReadonlyArray<string>) =>
  ofRow({ text, attachments: names.map((name) => ({ name })) })
const text = (words: string) => ofPart({ _tag: "Text", text: words })
const file = (path: string) => ofPart({ _tag: "File", path })

/** 610 bytes: longer than one byte can say. */
const LONG = "a".repeat(610)

describe("a text that was sent", () => {
  const kept: ReadonlyArray<{ readonly what: string; readonly sent?: string; readonly row: string }> = [
    { what: "as it was", row: "Hello, world" },
    { what: "with other white space", row: " Hello,\n\u00a0world " },
    { what: "with characters in it that nobody sees", row: "\u0001Hel\u200blo,\ufeff world\ufffc" },
    { what: "with letters composed in another way", sent: "ä", row: "a\u0308" },
    { what: "with quotation marks that lean", sent: `"It's"`, row: "\u201cIt\u2019s\u201d" },
    { what: "with a mark of how a sign is drawn", sent: "ok ❤", row: "ok ❤\ufe0f" },
    { what: "after the control character of its length", sent: "length", row: "\u0006length" },
    { what: "after a plus and the control character of its length", sent: "length", row: "+\u0006length" },
    { what: "after a letter that is its length", sent: "a".repeat(65), row: `A${"a".repeat(65)}` },
    {
      what: "after a plus and a letter that is its length",
      sent: "a".repeat(65),
      row: `+A${"a".repeat(65)}`
    },
    { what: "after a length in bytes, not letters", sent: "ä".repeat(20), row: `(${"ä".repeat(20)}` },
    { what: "after a length of two bytes", sent: LONG, row: `\ufffdb\u0002${LONG}` },
    { what: "after a plus and a length of two bytes", sent: LONG, row: `+\u0081b\u0002${LONG}` },
    { what: "after a length of two bytes whose mark is another", sent: LONG, row: `\u0093b\u0002${LONG}` },
    { what: "after a length of two bytes that are no text", sent: LONG, row: `\ufffd\ufffd\u0001${LONG}` },
    { what: "after a length of two bytes without its mark", sent: LONG, row: `b\u0002${LONG}` }
  ]
  for (const { row: seen, sent = "Hello, world", what } of kept) {
    it(`is known again ${what}`, () => {
      expect({ same: isSameText(seen, sent), fingerprint: row(seen).includes(text(sent)) }).toEqual({
        same: true,
        fingerprint: true
      })
    })
  }

  const others: ReadonlyArray<{ readonly what: string; readonly sent: string; readonly row: string }> = [
    { what: "another text", sent: "hello", row: "good morning" },
    { what: "the same in capitals", sent: "hello", row: "HELLO" },
    { what: "a text that it begins", sent: "hello", row: "hello there" },
    { what: "a text that it ends", sent: "hello", row: "oh, hello" },
    { what: "the same after a letter that is not its length", sent: "hello", row: "ahello" },
    { what: "the same after a plus", sent: "hello", row: "+hello" },
    { what: "nothing", sent: "hello", row: "" },
    { what: "nothing that can be seen", sent: "hello", row: "\u0006\u200b" }
  ]
  for (const { row: seen, sent, what } of others) {
    it(`is not taken for ${what}`, () => {
      expect({ same: isSameText(seen, sent), fingerprint: row(seen).includes(text(sent)) }).toEqual({
        same: false,
        fingerprint: false
      })
    })
  }
})

describe("a file that was sent", () => {
  it("is known by its name, wherever it lies", () => {
    expect(row("\ufffc", "cat.png")).toEqual([file("/media/cat.png")])
  })

  it("is known with its name composed in another way", () => {
    expect(row("", "a\u0308.png")).toEqual([file("/media/ä.png")])
  })

  it("is none of a text, even one that is its name", () => {
    expect(row("cat.png")).not.toContain(file("/media/cat.png"))
  })

  it("is not the file that stands beside a text", () => {
    expect(row("look", "cat.png")).toEqual([text("look")])
  })
})

it("keeps nothing of the words in a fingerprint", () => {
  expect(text("hello")).toMatch(/^[\w-]{24}$/u)
})
