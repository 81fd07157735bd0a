import { describe, expect, it } from "@effect/vitest"
import { chunk } from "../../../src/layers/chunker/ChunkerLive.ts"
import type { ChunkOptions } from "../../../src/services/Chunker.ts"

const cycle = (unit: string) => (length: number) =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
const block = (unit: string) => (length: number) => `\`\`\`js\n${cycle(unit)(length)}\n\`\`\`\nend`

/** Texts of about some length; in each of them a careless search would look at the same characters again and again. */
const texts: ReadonlyArray<{ readonly what: string; readonly ofLength: (length: number) => string }> = [
  { what: "paragraphs", ofLength: cycle(`${"Some words make a sentence. ".repeat(9)}\n\n`) },
  { what: "words", ofLength: cycle("word ") },
  { what: "one word", ofLength: cycle("a") },
  { what: "one word of CJK", ofLength: cycle("漢字") },
  { what: "one space after the other", ofLength: (length) => `a${" ".repeat(length)}b` },
  { what: "one blank line after the other", ofLength: (length) => `a${cycle("\n ")(length)}b` },
  { what: "one backtick after the other", ofLength: cycle("`") },
  { what: "lines that nearly are fences", ofLength: cycle("```a`\n") },
  { what: "one closing bracket after the other", ofLength: cycle(")") },
  { what: "one letter with marks without end", ofLength: (length) => `a${"\u0301".repeat(length)}` },
  { what: "one joined emoji", ofLength: cycle("👩\u200d") },
  { what: "flags", ofLength: cycle("🇩🇪") },
  { what: "blocks", ofLength: cycle("text\n```js\ncode\n```\n") },
  { what: "one block", ofLength: block("  code\n") },
  { what: "one block of one line", ofLength: block("code ") },
  { what: "one block of spaces", ofLength: block(" ") },
  { what: "one block of blank lines", ofLength: block("\n") },
  { what: "one block that is not closed", ofLength: (length) => `~~~\n${cycle("code\n")(length)}` }
]

const LEAST_MICROS = 3000
const RUNS = 3
/** A measurement that says too much is made again: beside other work, or while code is compiled, one alone can. */
const TRIES = 4

/**
 * How many times longer a text of four times the length takes: of the processor's time, which other programs do not
 * add to, and in the best of several runs. Short runs are repeated, so that the clock can tell.
 */
const measured = (ofLength: (length: number) => string, length: number, options: ChunkOptions): number => {
  const time = (text: string, times: number) => {
    const start = process.cpuUsage()
    for (let count = 0; count < times; count++) chunk(text, options)
    const { system, user } = process.cpuUsage(start)
    return system + user
  }
  const short = ofLength(length)
  const long = ofLength(4 * length)
  time(long, 1)
  let times = 1
  while (time(short, times) < LEAST_MICROS) times *= 2
  const runs = Array.from({ length: RUNS }, () => ({ short: time(short, times), long: time(long, times) }))
  return Math.min(...runs.map(({ long }) => long)) / Math.min(...runs.map(({ short }) => short))
}

/** 4 in linear time, 16 in quadratic time. */
const MOST_GROWTH = 10

const growth = (...text: Parameters<typeof measured>): number => {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && least >= MOST_GROWTH; tries++)
    least = Math.min(least, measured(...text))
  return least
}

describe("four times the text takes about four times as long, where it is", () => {
  for (const { ofLength, what } of texts) {
    it(`${what}, for a limit of 4000`, () => {
      expect(growth(ofLength, 100_000, { limit: 4000, mode: "length" })).toBeLessThan(MOST_GROWTH)
    })
    it(`${what}, for a limit of 4000, by newline`, () => {
      expect(growth(ofLength, 100_000, { limit: 4000, mode: "newline" })).toBeLessThan(MOST_GROWTH)
    })
    it(`${what}, for a limit of 1`, () => {
      expect(growth(ofLength, 5000, { limit: 1, mode: "length" })).toBeLessThan(MOST_GROWTH)
    })
  }
})
