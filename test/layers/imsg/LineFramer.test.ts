/** Bytes to lines. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { LineFramer } from "../../../src/layers/imsg/LineFramer.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

/** The lines of chunks, and what is left after the last. */
const framed = (chunks: ReadonlyArray<Uint8Array>, limit = 1_000_000) => {
  const framer = new LineFramer(limit)
  const lines = chunks.flatMap((chunk) =>
    framer.push(chunk).map((line) => (typeof line === "string" ? line : "(too long)"))
  )
  return { lines: framer.skipped > 0 ? [...lines, "(too long)"] : lines, rest: framer.rest() }
}

/** Cuts bytes at positions, which may come in any order and lie outside. */
const cutAt = (whole: Uint8Array, positions: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const cuts = [...new Set(positions.map((at) => at % (whole.length + 1)))].sort((a, b) => a - b)
  return [0, ...cuts].map((start, index) => whole.subarray(start, cuts[index] ?? whole.length))
}

const Line = FastCheck.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/gu, ""))

describe("LineFramer", () => {
  it.each([
    { what: "one line", chunks: ["one\n"], lines: ["one"], rest: "" },
    { what: "several lines in a chunk", chunks: ["one\ntwo\n"], lines: ["one", "two"], rest: "" },
    { what: "a line in several chunks", chunks: ["o", "n", "e\n"], lines: ["one"], rest: "" },
    { what: "the start of a line as the rest", chunks: ["one\ntw", "o"], lines: ["one"], rest: "two" },
    { what: "line ends of Windows", chunks: ["one\r", "\ntwo\r\n"], lines: ["one", "two"], rest: "" },
    { what: "empty lines", chunks: ["\n\n", "\n"], lines: ["", "", ""], rest: "" },
    { what: "nothing", chunks: [""], lines: [], rest: "" },
    {
      what: "separators of Unicode within a line",
      chunks: ["a\u2028b\u0085c\n"],
      lines: ["a\u2028b\u0085c"],
      rest: ""
    }
  ])("gives $what", ({ chunks, lines, rest }) => {
    expect(framed(chunks.map(bytes))).toEqual({ lines, rest })
  })

  it("gives a character whose bytes come one at a time", () => {
    expect(framed([...bytes("né 👩‍👧 语\n")].map((byte) => Uint8Array.of(byte))).lines).toEqual([
      "né 👩‍👧 语"
    ])
  })

  it("replaces bytes that are no UTF-8, and goes on", () => {
    expect(framed([Uint8Array.of(0xff, 0x61, 0x0a), bytes("next\n")]).lines).toEqual(["\ufffda", "next"])
  })

  it.prop(
    "gives the same lines wherever the bytes are cut",
    { lines: FastCheck.array(Line), rest: Line, cuts: FastCheck.array(FastCheck.nat()) },
    ({ cuts, lines, rest }) => {
      const whole = bytes([...lines, rest].join("\n"))
      expect(framed(cutAt(whole, cuts))).toEqual({ lines, rest })
    }
  )

  it.prop(
    "refuses exactly what is longer than the limit, wherever it is cut",
    {
      length: FastCheck.nat({ max: 40 }),
      cuts: FastCheck.array(FastCheck.nat()),
      isEnded: FastCheck.boolean()
    },
    ({ cuts, isEnded, length }) => {
      const line = "x".repeat(length)
      const { lines } = framed(cutAt(bytes(isEnded ? `${line}\n` : line), cuts), 20)
      expect(lines.includes("(too long)")).toBe(length > 20)
    }
  )

  it("counts bytes, not characters", () => {
    expect(framed([bytes("éé\n")], 4).lines).toEqual(["éé"])
    expect(framed([bytes("ééx\n")], 4).lines).toEqual(["(too long)"])
  })

  it.prop(
    "goes on with the next line behind one that is too long, and has the ends of that",
    { length: FastCheck.integer({ min: 300, max: 600 }), cuts: FastCheck.array(FastCheck.nat()) },
    ({ cuts, length }) => {
      const framer = new LineFramer(200)
      const line = Array.from({ length }, (_, at) => "abcdefghij"[at % 10]).join("")
      const lines = cutAt(bytes(`${line}\nnext\n`), cuts).flatMap((chunk) => framer.push(chunk))
      expect(lines).toEqual([{ head: line.slice(0, 128), tail: line.slice(-128) }, "next"])
    }
  )

  it("counts what it skips, and keeps nothing of it", () => {
    const framer = new LineFramer(3)
    framer.push(bytes("lon"))
    expect(framer.skipped).toBe(0)
    framer.push(bytes("g"))
    framer.push(bytes("er"))
    expect(framer.skipped).toBe(6)
    framer.push(bytes("\n"))
    expect(framer.skipped).toBe(0)
  })

  it("takes a line of exactly 8 MiB in small chunks", () => {
    const limit = 8 * 1024 * 1024
    const framer = new LineFramer(limit)
    const chunk = new Uint8Array(65_536).fill(120)
    for (let read = 0; read < limit; read += chunk.length) expect(framer.push(chunk)).toEqual([])
    const [line] = [framer.push(bytes("\n"))].flat()
    expect(line).toHaveLength(limit)
  })
})
