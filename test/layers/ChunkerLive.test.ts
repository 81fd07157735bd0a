import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck as fc } from "effect"
import { chunk, layer } from "../../src/layers/ChunkerLive.ts"
import { Chunker, type ChunkOptions } from "../../src/services/Chunker.ts"

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
      what: "is not broken at a blank line that leaves too little",
      text: "a\n\nbbbb cccc dddd",
      limit: 12,
      chunks: ["a\n\nbbbb cccc", "dddd"]
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

describe("whatever the text, the chunks", () => {
  const piece = fc.constantFrom(
    "a",
    "word",
    "Ж",
    "漢",
    "。",
    ".",
    "? ",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "\u00a0",
    "\ufeff",
    "e\u0301",
    "\u0301",
    "😀",
    "👍🏽",
    FAMILY,
    FLAG,
    "\u200d",
    "각",
    "\u0600",
    "\u0000",
    "\ud83d",
    "\ude00"
  )
  const texts = fc.oneof(
    fc.array(piece, { maxLength: 120, size: "max" }).map((all) => all.join("")),
    fc.string({ unit: "grapheme", maxLength: 120, size: "max" }),
    fc.string({ unit: "binary", maxLength: 120, size: "max" })
  )
  const options = fc.record({
    limit: fc.oneof(fc.integer({ min: 2, max: 40 }), fc.constantFrom(64, 100, 101, 4000)),
    mode: fc.constantFrom("length" as const, "newline" as const)
  })
  const holds = (claim: (chunks: ReadonlyArray<string>, text: string, options: ChunkOptions) => void) =>
    fc.assert(
      fc.property(texts, options, (text, how) => claim(chunk(text, how), text, how)),
      { numRuns: 2000 }
    )

  /** Where each chunk stands in the text; fails where anything but white space is between two of them. */
  const places = (chunks: ReadonlyArray<string>, text: string): ReadonlyArray<readonly [number, number]> => {
    let at = 0
    const found = chunks.map((one) => {
      const start = text.indexOf(one, at)
      expect(start).toBeGreaterThanOrEqual(at)
      expect(text.slice(at, start).trim()).toBe("")
      at = start + one.length
      return [start, at] as const
    })
    expect(text.slice(at).trim()).toBe("")
    return found
  }

  it("give back the text, but for white space between them", () =>
    holds((chunks, text) => void places(chunks, text)))

  it("are not longer than the limit", () =>
    holds((chunks, _, { limit }) => {
      for (const one of chunks) expect(one.length).toBeLessThanOrEqual(limit)
    }))

  it("are not blank", () =>
    holds((chunks) => {
      for (const one of chunks) expect(one.trim()).not.toBe("")
    }))

  it("do not cut a character in two", () =>
    holds((chunks, text) => {
      for (const [, end] of places(chunks, text)) {
        expect(/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(end - 1, end + 1))).toBe(false)
      }
    }))

  it("do not cut a grapheme, where all of the text's fit into one", () =>
    holds((chunks, text, { limit }) => {
      const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)
      fc.pre([...graphemes].every(({ segment }) => segment.length <= limit))
      for (const at of places(chunks, text).flat()) {
        const around = at < text.length ? graphemes.containing(at) : undefined
        // White space that is lost at a break may have had its own part in a grapheme.
        if (around !== undefined && around.index < at) expect(around.segment).toMatch(/\s/u)
      }
    }))

  it("are as few as need be: each but the last of a paragraph is half full, or ends before a long grapheme", () => {
    const LIMIT = 100
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", " ", ".", "\n"), maxLength: 5000, size: "max" }),
        (text) => {
          const chunks = chunk(text, { limit: LIMIT, mode: "length" })
          // So the windows that are looked through, each a little longer than the limit, grow as the text does.
          expect(chunks.length).toBeLessThanOrEqual(Math.ceil(text.length / (LIMIT / 2)) + 1)
        }
      )
    )
  })
})

describe("a hostile text is chunked", () => {
  const LONG = 200_000
  const rows = [
    { what: "white space without end", text: `a${" ".repeat(LONG)}b` },
    { what: "lines without end", text: `a${"\n ".repeat(LONG / 2)}b` },
    { what: "one word", text: "a".repeat(LONG) },
    { what: "one letter with marks without end", text: `a${"\u0301".repeat(LONG)}` },
    { what: "joined emoji without end", text: Array.from({ length: LONG / 3 }, () => "👩").join("\u200d") },
    { what: "flags without end", text: FLAG.repeat(LONG / 4) }
  ]
  for (const { text, what } of rows) {
    for (const mode of ["length", "newline"] as const) {
      it(`${what}, by ${mode}`, () => {
        const chunks = chunk(text, { limit: 4000, mode })
        expect(chunks.join("").replace(/\s/gu, "").length).toBe(text.replace(/\s/gu, "").length)
      })
    }
  }
})
