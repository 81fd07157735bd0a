import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { chunk } from "../../../src/layers/chunker/ChunkerLive.ts"
import type { ChunkOptions } from "../../../src/services/Chunker.ts"
import { places } from "./places.ts"

/** One grapheme of eleven code units. */
const FAMILY = "👨‍👩‍👧‍👦"
const FLAG = "🇩🇪"

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
  const texts = fc
    .oneof(
      fc.array(piece, { maxLength: 120, size: "max" }).map((all) => all.join("")),
      fc.string({ unit: "grapheme", maxLength: 120, size: "max" }),
      fc.string({ unit: "binary", maxLength: 120, size: "max" })
    )
    .filter((text) => !/`{3}|~{3}/.test(text))
  const options = fc.record({
    limit: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 100, 101, 4000)),
    mode: fc.constantFrom("length" as const, "newline" as const)
  })
  const holds = (claim: (chunks: ReadonlyArray<string>, text: string, options: ChunkOptions) => void) =>
    fc.assert(
      fc.property(texts, options, (text, how) => claim(chunk(text, how), text, how)),
      { numRuns: 2000 }
    )

  it("give back the text, but for white space between them", () =>
    holds((chunks, text) => void places(chunks, text)))

  it("are not longer than the limit", () =>
    holds((chunks, _, { limit }) => {
      // Only a character of two code units may be longer, for a limit of 1.
      for (const one of chunks) expect([...one].length === 1 ? 1 : one.length).toBeLessThanOrEqual(limit)
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
        // CR LF is white space, which is lost at a break.
        if (around !== undefined && around.segment !== "\r\n") expect(around.index).toBe(at)
      }
    }))

  /**
   * Of two neighbours the second is broken at a finer kind of break, or they span more than the limit: else the first
   * would have been broken where the second is. There are five kinds, so that holds for two of any six neighbours.
   */
  it("are bounded in number: six neighbours span more than the limit", () => {
    const prose = fc.array(fc.constantFrom("a", "aaaaaaaa", " ", ". ", "\n", "\n\n", "\r\n"), {
      maxLength: 400,
      size: "max"
    })
    fc.assert(
      fc.property(prose, fc.integer({ min: 1, max: 60 }), (words, limit) => {
        const text = words.join("")
        const chunks = chunk(text, { limit, mode: "length" })
        const found = places(chunks, text)
        for (const [index, [start]] of found.entries()) {
          const [, end] = found[index + 5] ?? [start, Number.POSITIVE_INFINITY]
          expect(end - start).toBeGreaterThan(limit)
        }
        expect(chunks.length).toBeLessThanOrEqual(6 * Math.floor(text.length / (limit + 1)) + 5)
      }),
      { numRuns: 300 }
    )
  })
})
