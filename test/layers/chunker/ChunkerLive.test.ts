import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { chunk, layer } from "../../../src/layers/chunker/ChunkerLive.ts"
import { Chunker, type ChunkOptions } from "../../../src/services/Chunker.ts"

/** One grapheme of eleven code units. */
const FAMILY = "👨‍👩‍👧‍👦"
const FLAG = "🇩🇪"

describe("a text", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly text: string
    readonly limit: number
    readonly mode?: ChunkOptions["mode"]
    readonly chunks: ReadonlyArray<string>
  }> = [
    { what: "that is empty has no chunk", text: "", limit: 10, chunks: [] },
    { what: "that is blank has no chunk", text: " \n\n \t", limit: 10, chunks: [] },
    {
      what: "that is blank and longer than the limit has no chunk",
      text: " ".repeat(50),
      limit: 10,
      chunks: []
    },
    { what: "as long as the limit is one chunk", text: "0123456789", limit: 10, chunks: ["0123456789"] },
    { what: "loses the white space around it", text: "\n a b \n", limit: 10, chunks: ["a b"] },
    { what: "keeps the white space inside of it", text: "a\n\n  b", limit: 10, chunks: ["a\n\n  b"] },
    { what: "is broken at white space", text: "aaaa bbbb cccc", limit: 10, chunks: ["aaaa bbbb", "cccc"] },
    {
      what: "is broken at white space right after the limit",
      text: "aaaaaaaaaa bbb",
      limit: 10,
      chunks: ["aaaaaaaaaa", "bbb"]
    },
    {
      what: "is broken at a blank line rather than later",
      text: "aaaaaa\n\nb c ddddddd",
      limit: 12,
      chunks: ["aaaaaa", "b c ddddddd"]
    },
    {
      what: "is broken at a line's end rather than later",
      text: "aaaaaa\nb c ddddddd",
      limit: 12,
      chunks: ["aaaaaa", "b c ddddddd"]
    },
    {
      what: "is broken at a sentence's end rather than later",
      text: "aaaaa. b c ddddddd",
      limit: 12,
      chunks: ["aaaaa.", "b c ddddddd"]
    },
    {
      what: "is broken at the best kind of break in reach, however little that leaves",
      text: "a\n\nb\nc. d eeeeeeeeeeeeee",
      limit: 12,
      chunks: ["a", "b", "c.", "d", "eeeeeeeeeeee", "ee"]
    },
    {
      what: "is broken at the last of several breaks of a kind",
      text: "a\n\nb\n\nc d e f g h",
      limit: 12,
      chunks: ["a\n\nb", "c d e f g h"]
    },
    {
      what: "is broken at a blank line that begins right after the limit",
      text: "aaaa b\n \nccc",
      limit: 6,
      chunks: ["aaaa b", "ccc"]
    },
    {
      what: "is broken at a blank line of CR LF rather than later",
      text: "aaaa\r\n\r\nb\r\nc d e f",
      limit: 12,
      chunks: ["aaaa", "b\r\nc d e f"]
    },
    {
      what: "is broken after the quotation mark that a sentence ends with",
      text: "“aaaa.” b (cc!) ddd",
      limit: 17,
      chunks: ["“aaaa.” b (cc!)", "ddd"]
    },
    {
      what: "is broken between sentences without white space in Chinese and Japanese",
      text: "漢字。「漢字。」漢字、漢字",
      limit: 11,
      chunks: ["漢字。「漢字。」", "漢字、漢字"]
    },
    {
      what: "is not broken at the point in a number",
      text: "aaa bbb 3.14159",
      limit: 12,
      chunks: ["aaa bbb", "3.14159"]
    },
    {
      what: "is broken between characters where there is no white space",
      text: "abcdefghijkl",
      limit: 5,
      chunks: ["abcde", "fghij", "kl"]
    },
    {
      what: "leaves no carriage return at the break",
      text: "aaaaaaaa\r\nbbbb",
      limit: 10,
      chunks: ["aaaaaaaa", "bbbb"]
    },
    {
      what: "leaves no white space from a long run of it",
      text: `aaaaaaaa${" ".repeat(100)}bb`,
      limit: 10,
      chunks: ["aaaaaaaa", "bb"]
    },
    {
      what: "is not broken inside an emoji of several",
      text: `a${FAMILY}b`,
      limit: 11,
      chunks: ["a", FAMILY, "b"]
    },
    {
      what: "is not broken between the halves of a flag",
      text: `a${FLAG.repeat(40)}`,
      limit: 102,
      chunks: [`a${FLAG.repeat(25)}`, FLAG.repeat(15)]
    },
    {
      what: "keeps white space that a mark is joined to",
      text: "aaaaaaaa \u0301bbbb",
      limit: 10,
      chunks: ["aaaaaaaa", " \u0301bbbb"]
    },
    {
      what: "is broken inside a grapheme that is longer than the limit, between characters",
      text: FAMILY,
      limit: 4,
      chunks: ["👨\u200d", "👩\u200d", "👧\u200d", "👦"]
    },
    {
      what: "is not broken inside the character that ends a grapheme longer than the limit",
      text: "\u0600😀",
      limit: 2,
      chunks: ["\u0600", "😀"]
    },
    { what: "is not broken inside a character for a limit of 1", text: "a😀", limit: 1, chunks: ["a", "😀"] },
    {
      what: "is not broken between a character and the space that it takes into its grapheme",
      text: "aaaa\u0600 bbbb",
      limit: 8,
      chunks: ["aaaa\u0600 ", "bbbb"]
    },
    {
      what: "is one chunk with blank lines by length",
      text: "a\n\nb",
      limit: 10,
      mode: "length",
      chunks: ["a\n\nb"]
    },
    {
      what: "is split at blank lines by newline",
      text: "a\n\nb\nc\n \n\n\nd",
      limit: 10,
      mode: "newline",
      chunks: ["a", "b\nc", "d"]
    },
    {
      what: "is split at blank lines of another system by newline",
      text: "a\r\n\r\nb",
      limit: 10,
      mode: "newline",
      chunks: ["a", "b"]
    },
    {
      what: "is split by length too by newline",
      text: "aaaa bbbb cccc\n\nd",
      limit: 10,
      mode: "newline",
      chunks: ["aaaa bbbb", "cccc", "d"]
    }
  ]
  for (const { chunks, limit, mode = "length", text, what } of rows) {
    it(what, () => expect(chunk(text, { limit, mode })).toEqual(chunks))
  }

  it.effect("is split by the service as by the function", () =>
    Effect.gen(function* () {
      const chunker = yield* Chunker
      expect(chunker.chunk("aaaa bbbb cccc", { limit: 10, mode: "length" })).toEqual(["aaaa bbbb", "cccc"])
    }).pipe(Effect.provide(layer))
  )
})
