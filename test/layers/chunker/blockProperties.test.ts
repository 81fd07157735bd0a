import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { chunk } from "../../../src/layers/chunker/ChunkerLive.ts"
import type { ChunkOptions } from "../../../src/services/Chunker.ts"
import { places } from "./places.ts"

const FAMILY = "👨‍👩‍👧‍👦"

/** Every opening line has an info string of its own, so that one that comes again was added. */
const OPENING_LINE = /^ {0,3}(?:`{3,}|~{3,})id\d+$/
const FENCE_LINE = /^ {0,3}(`{3,}|~{3,})(.*)$/
const BLOCK_WITHOUT_CODE = /^ {0,3}(`{3,}|~{3,})id\d+\s*\n {0,3}\1[`~]*(?![^\r\n])/

const lineOf = (...more: ReadonlyArray<string>) =>
  fc.oneof(
    fc.constantFrom("a", "  b c", "\tf(1, 2)", "    d", "    ```", "e ", "``", "", "  ", ...more),
    fc.constantFrom("word ", "longer", FAMILY, "🇩🇪", "e\u0301").map((unit) => unit.repeat(15))
  )

const fenceOf = (mark: "`" | "~") =>
  fc.record({
    lines: fc.array(lineOf(mark === "`" ? "~~~" : "```", `${mark.repeat(3)} x`), {
      maxLength: 15,
      size: "max"
    }),
    indentation: fc.constantFrom("", "", " ", "   "),
    marks: fc.constantFrom(3, 3, 4, 5).map((count) => mark.repeat(count)),
    closing: fc.constantFrom("", "", mark, mark.repeat(2))
  })

const PROSE = [
  "word",
  "A sentence.",
  "Why? ",
  "漢字。漢字",
  FAMILY,
  "e\u0301",
  " ",
  "\n",
  "\n\n",
  "- item\n",
  "`code`"
]

const documents = fc
  .record({
    pieces: fc.array(
      fc.oneof(
        fc.array(fc.constantFrom(...PROSE), { minLength: 1, maxLength: 30, size: "max" }),
        fenceOf("`"),
        fenceOf("~")
      ),
      { minLength: 1, maxLength: 6, size: "max" }
    ),
    between: fc.constantFrom("\n", "\n\n"),
    lineEnd: fc.constantFrom("\n", "\n", "\r\n"),
    isOpen: fc.boolean()
  })
  .map(({ between, isOpen, lineEnd, pieces }) => {
    const all = pieces.map((piece, index) => {
      if ("length" in piece) return { isBlock: false, text: piece.join("") }
      const { closing, indentation, lines, marks } = piece
      const opened = [`${indentation}${marks}id${index}`, ...lines]
      const isLast = index === pieces.length - 1
      const block = isOpen && isLast ? opened : [...opened, `${indentation}${marks}${closing}`]
      return { isBlock: true, text: block.join("\n") }
    })
    const inText = (text: string) => text.replaceAll("\n", lineEnd)
    return {
      text: inText(all.map(({ text }) => text).join(between)),
      blocks: all.filter(({ isBlock }) => isBlock).map(({ text }) => inText(text).trimEnd()),
      isOpen: isOpen && all.at(-1)?.isBlock === true
    }
  })

const modes = fc.constantFrom("length" as const, "newline" as const)
const comfortable = fc.record({ limit: fc.integer({ min: 40, max: 200 }), mode: modes })

type Document = typeof documents extends fc.Arbitrary<infer A> ? A : never

const holds = (
  options: fc.Arbitrary<ChunkOptions>,
  claim: (chunks: ReadonlyArray<string>, document: Document, options: ChunkOptions) => void
) =>
  fc.assert(
    fc.property(documents, options, (document, how) => claim(chunk(document.text, how), document, how)),
    { numRuns: 500 }
  )

const linesOf = (text: string): ReadonlyArray<string> => text.split(/\r?\n/)

/** The lines of the chunks without those that were added to close and open a block. */
const givenLines = (chunks: ReadonlyArray<string>): ReadonlyArray<string> => {
  const seen = new Set<string>()
  const given: Array<string> = []
  for (const [first = "", ...more] of chunks.map(linesOf)) {
    if (seen.has(first)) expect(given.pop()).toMatch(FENCE_LINE)
    else given.push(first)
    given.push(...more)
    for (const line of [first, ...more]) if (OPENING_LINE.test(line)) seen.add(line)
  }
  return given
}

const endsInsideBlock = (text: string): boolean => {
  let open: string | undefined
  for (const line of linesOf(text)) {
    const [, marks = "", rest = ""] = FENCE_LINE.exec(line) ?? []
    if (marks === "") continue
    if (open === undefined) open = marks.startsWith("`") && rest.includes("`") ? undefined : marks
    else if (marks.startsWith(open) && rest.trim() === "") open = undefined
  }
  return open !== undefined
}

describe("whatever the blocks in a text, the chunks", () => {
  it("give back the text, but for white space and the lines that were added", () =>
    holds(comfortable, (chunks, { text }) => void places(givenLines(chunks), text)))

  it("keep every line of code with its indentation, where the lines are shorter than a chunk", () =>
    holds(fc.record({ limit: fc.integer({ min: 220, max: 300 }), mode: modes }), (chunks, { blocks }) => {
      const given = new Set(givenLines(chunks))
      const code = blocks.flatMap(linesOf).filter((line) => line.trim() !== "")
      // White space at the end of a chunk is lost.
      for (const line of code) expect(given.has(line) || given.has(line.trimEnd())).toBe(true)
    }))

  it("are none of them open at their end, but for the last of a text that is", () =>
    holds(comfortable, (chunks, { isOpen }) => {
      const closed = isOpen ? chunks.slice(0, -1) : chunks
      for (const one of closed) expect(endsInsideBlock(one)).toBe(false)
    }))

  it("have each block in one of them that is not longer than the limit", () =>
    holds(comfortable, (chunks, { blocks }, { limit }) => {
      for (const block of blocks.filter(({ length }) => length <= limit)) {
        expect(chunks.some((one) => one.includes(block))).toBe(true)
      }
    }))

  it("have code between the lines that were added", () =>
    holds(comfortable, (chunks, { blocks }) => {
      fc.pre(!blocks.some((block) => BLOCK_WITHOUT_CODE.test(block)))
      for (const one of chunks) expect(one).not.toMatch(BLOCK_WITHOUT_CODE)
    }))

  it("do not cut a grapheme", () =>
    holds(comfortable, (chunks, { text }) => {
      const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)
      for (const at of places(givenLines(chunks), text).flat()) {
        const around = graphemes.containing(at)
        if (around !== undefined && around.segment !== "\r\n") expect(around.index).toBe(at)
      }
    }))

  it("are not longer than the limit, and not blank, also where fence lines hardly fit", () =>
    holds(fc.record({ limit: fc.integer({ min: 2, max: 60 }), mode: modes }), (chunks, _, { limit }) => {
      for (const one of chunks) {
        expect(one.length).toBeLessThanOrEqual(limit)
        expect(one.trim()).not.toBe("")
      }
    }))

  it("give back the text, but for white space between them, where fence lines do not fit", () =>
    holds(fc.record({ limit: fc.integer({ min: 1, max: 10 }), mode: modes }), (chunks, { text }) => {
      places(chunks, text)
    }))
})
