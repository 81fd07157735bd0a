/** What is taken out of an agent's text before it is sent. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { cleanText } from "../../../src/programs/session/cleanText.ts"

const ESC = "\u001b"

describe("an agent's text", () => {
  it.each([
    {
      what: "stays as it is",
      text: "One.\n\n\tTwo *three* `four` [[five]]\n",
      clean: "One.\n\n\tTwo *three* `four` [[five]]\n"
    },
    {
      what: "keeps its markdown",
      text: "# A\n\n- **b** [c](https://example.com)",
      clean: "# A\n\n- **b** [c](https://example.com)"
    },
    { what: "keeps emoji of several parts", text: "👩‍👩‍👧‍👦 ✌🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️", clean: "👩‍👩‍👧‍👦 ✌🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️" },
    {
      what: "keeps scripts from right to left, and their marks",
      text: "שלום\u200f ⁦abc⁩ می‌خواهم",
      clean: "שלום\u200f ⁦abc⁩ می‌خواهم"
    },
    {
      what: "has no colours",
      text: `${ESC}[1;31mred${ESC}[0m and ${ESC}[38;5;208morange${ESC}[m`,
      clean: "red and orange"
    },
    { what: "has no colours of eight bits", text: "\u009b31mred\u009b0m", clean: "red" },
    {
      what: "keeps the text of a terminal's link",
      text: `see ${ESC}]8;;https://example.com${ESC}\\here${ESC}]8;;${ESC}\\.`,
      clean: "see here."
    },
    { what: "sets no title", text: `${ESC}]0;owned\u0007hi`, clean: "hi" },
    { what: "moves no cursor", text: `a${ESC}[2K${ESC}[1Ab${ESC}7c${ESC}(Bd${ESC}c`, clean: "abcd" },
    { what: "has no strings for a device", text: `a${ESC}P1$r0m${ESC}\\b${ESC}_x${ESC}\\c`, clean: "abc" },
    {
      what: "loses nothing behind a sequence without its end",
      text: `a${ESC}]0;title and all the rest`,
      clean: "a0;title and all the rest"
    },
    { what: "has no NUL and no bell", text: "a\u0000b\u0007c\u007fd\u0080e", clean: "abcde" },
    {
      what: "has one kind of line break",
      text: "a\r\nb\rc\u000bd\u000ce\u0085f\u2028g",
      clean: "a\nb\nc\nd\ne\nf\u2028g"
    },
    { what: "has no halves of characters", text: "a\ud83db\udc00c", clean: "abc" },
    { what: "does not begin with a mark of its encoding", text: "\ufeffhi", clean: "hi" },
    { what: "holds no place for a file", text: "a\ufffcb", clean: "ab" },
    { what: "is none where it is only NO_REPLY", text: "NO_REPLY", clean: "" },
    {
      what: "is none where it is NO_REPLY between white space, in any case",
      text: "\n no_reply \r\n",
      clean: ""
    },
    { what: "is none where NO_REPLY is coloured", text: `${ESC}[2mNO_REPLY${ESC}[0m`, clean: "" },
    { what: "is one where it only has NO_REPLY in it", text: "I say NO_REPLY.", clean: "I say NO_REPLY." },
    { what: "goes without what it replies to", text: "[[reply_to_current]] Yes.", clean: "Yes." },
    { what: "goes without what it replies to, by its id", text: "[[reply_to:AB-12]]\nYes.", clean: "Yes." },
    {
      what: "goes without it in other spellings",
      text: "[[ Reply_To : 12 ]]Yes[[audio_as_voice]]",
      clean: "Yes"
    },
    { what: "closes the gap that a tag leaves", text: "a [[reply_to_current]] b", clean: "a b" },
    {
      what: "keeps a space where a tag stands in a word's place",
      text: "a[[reply_to_current]] b",
      clean: "a b"
    },
    { what: "is none of a tag alone", text: " [[reply_to_current]] ", clean: "" },
    { what: "is none of a tag and NO_REPLY", text: "[[reply_to_current]] NO_REPLY", clean: "" },
    {
      what: "keeps other things in two brackets",
      text: "[[wiki]] [[reply_to]] [[reply_to:1",
      clean: "[[wiki]] [[reply_to]] [[reply_to:1"
    }
  ])("$what", ({ clean, text }) => {
    expect(cleanText(text)).toBe(clean)
  })

  const pieces = fc.array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        ESC,
        `${ESC}[`,
        `${ESC}]`,
        "\u0007",
        `${ESC}\\`,
        "\u009b",
        "[[reply_to_current]]",
        "[[",
        "]]",
        "\n"
      )
    )
  )

  it("has no control characters but line feeds and tabs, whatever it was", () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        expect(cleanText(parts.join(""))).not.toMatch(/(?![\n\t])\p{Cc}|\p{Cs}/u)
      })
    )
  })

  it("is as it is where it has none, no tag and something to say", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!/(?!\n|\t)[\p{Cc}\ufffc\ufeff]|\[\[|NO_REPLY/u.test(text))
        expect(cleanText(text)).toBe(text)
      })
    )
  })

  it.each([
    { of: "beginnings of sequences", text: `${ESC}]`.repeat(300_000) },
    { of: "beginnings of colours", text: `${ESC}[`.repeat(300_000) },
    { of: "numbers of a colour", text: `${ESC}[${"1;".repeat(300_000)}` },
    { of: "brackets", text: "[[reply_to:".repeat(100_000) },
    { of: "white space", text: `[[${" ".repeat(500_000)}` },
    { of: "white space and no word", text: " ".repeat(1_000_000) },
    { of: "tags", text: "[[reply_to:1]] ".repeat(60_000) },
    { of: "white space in a tag without its end", text: `[[reply_to:${" ".repeat(500_000)}` },
    { of: "line breaks in a tag without its end", text: `[[reply_to:${" \n".repeat(250_000)}` },
    { of: "white space in a tag's name", text: `[[reply_to${" ".repeat(500_000)}` },
    { of: "white space behind a tag", text: `[[audio_as_voice]]${" ".repeat(500_000)}x` },
    { of: "commands and strings without their ends", text: "\u009d\u0090".repeat(300_000) },
    { of: "white space around NO_REPLY", text: `${" ".repeat(500_000)}NO_REPLY${" ".repeat(500_000)}x` }
  ])("of a megabyte of $of takes no time", ({ text }) => {
    const begun = performance.now()
    cleanText(text)
    expect(performance.now() - begun).toBeLessThan(1500)
  })

  it.each([
    "[[reply_to: a b ]]",
    "[[reply_to:]]",
    "[[reply_to:   ]]",
    "[[ reply_to : a\n ]]",
    "[[reply_to:\n]]"
  ])("has no tag, however it is spaced: %j", (tag) => expect(cleanText(`${tag} hi`)).toBe("hi"))
})
