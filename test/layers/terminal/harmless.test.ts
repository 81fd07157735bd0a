/** What people wrote, made harmless for a terminal. */
import { describe, expect, it } from "@effect/vitest"
import { harmless, oneLine } from "../../../src/layers/terminal/harmless.ts"

describe("a text of others", () => {
  it.each([
    { what: "an escape sequence", text: "a\u001b[2Jb", shown: "a\\u001b[2Jb" },
    { what: "a control of the second set", text: "a\u009b2Jb\u0085", shown: "a\\u009b2Jb\\u0085" },
    { what: "delete and backspace", text: "a\u007f\bb", shown: "a\\u007f\\u0008b" },
    { what: "what returns to the start of the line", text: "approved\rdenied", shown: "approved\\rdenied" },
    {
      what: "what turns the direction",
      text: "\u202egnp.exe\u2066x\u2069",
      shown: "\\u202egnp.exe\\u2066x\\u2069"
    },
    { what: "marks of direction", text: "\u200fa\u061cb", shown: "\\u200fa\\u061cb" },
    { what: "zero-width characters", text: "ro\u200bb\u2060i\ufeffn", shown: "ro\\u200bb\\u2060i\\ufeffn" },
    { what: "a joiner that joins nothing", text: "ad\u200dmin", shown: "ad\\u200dmin" },
    { what: "fillers and soft hyphens", text: "\u3164\u115f\u00ad", shown: "\\u3164\\u115f\\u00ad" },
    { what: "a separator of lines", text: "a\u2028b\u2029c", shown: "a\\u2028b\\u2029c" },
    { what: "half a character", text: "a\ud83d b\ude00", shown: "a\\ud83d b\\ude00" },
    { what: "words written in tags", text: "hi\u{e0041}\u{e0042}", shown: "hi\\udb40\\udc41\\udb40\\udc42" },
    { what: "a selector that selects nothing", text: "a\ufe0fb 5\ufe0f5", shown: "a\\ufe0fb 5\\ufe0f5" }
  ])("shows $what", ({ shown, text }) => {
    expect(harmless(text)).toBe(shown)
    expect(oneLine(text)).toBe(shown)
  })

  it.each([
    { what: "letters, accents and punctuation", text: "Zoë, naïve – “ok”… e\u0301" },
    { what: "other scripts", text: "小蝶 Привет שלום مرحبا नमस्ते" },
    { what: "emoji, with their joiners and selectors", text: "🦞 ❤️ 👨‍👩‍👧 👩🏽‍🚒 🏳️‍🌈 1️⃣" },
    {
      what: "a flag that is written in tags",
      text: "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"
    },
    { what: "joiners of Persian and Sinhala", text: "می‌خواهم ශ්‍රී" },
    { what: "variants of Han characters", text: "葛\u{e0100}" },
    { what: "what was shown before", text: "\\u001b[2J" }
  ])("is left as it is: $what", ({ text }) => {
    expect(harmless(text)).toBe(text)
    expect(oneLine(text)).toBe(text)
  })

  it("is each character as it is, unless nobody sees that one alone", () => {
    const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u
    const changed = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code)).filter(
      (character) => (oneLine(character) !== character) !== unseen.test(character)
    )
    expect(changed).toEqual([])
  })

  it("may have lines where lines may be, and none in a row of a table", () => {
    const text = "one\r\ntwo\n\tthree"
    expect(harmless(text)).toBe("one\ntwo\n\tthree")
    expect(oneLine(text)).toBe("one\\r\\ntwo\\n\\tthree")
  })

  it("is the same JSON where it is JSON", () => {
    const value = { text: "a\u202eb\u009b\\\u200b\ud800\u{e0041}\n" }
    const json = JSON.stringify(value, undefined, 2)
    expect(harmless(json)).toMatch(/^[\x20-\x7e\n]*$/u)
    expect(JSON.parse(harmless(json))).toEqual(value)
  })

  it("of a megabyte is looked through in time", () => {
    const started = performance.now()
    harmless("\u{1f3f4}\u{e0067}\u200d\u202ea".repeat(20_000))
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
