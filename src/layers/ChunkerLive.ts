/** Text to chunks: breaks where a reader would, never inside a grapheme. */
import { Layer } from "effect"
import { Chunker, type ChunkOptions } from "../services/Chunker.ts"

/** Where a chunk may end, best first: a blank line, a line's end, a sentence's end, any white space. */
const BREAKS: ReadonlyArray<RegExp> = [/\n[^\S\n]*\n/gu, /\r?\n/gu, /(?<=[.!?…。！？])\s+/gu, /\s+/gu]

/** A break that leaves less than this share of the limit makes ragged chunks; a coarser kind is then not taken. */
const FILL = 0.5

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/** White space, but for what a mark is joined to: the two are one grapheme. */
const WHITE_SPACE = /\s+(?![\p{M}\p{Emoji_Modifier}\u200d])/uy

/** The first place from `at` that is no white space. */
const skipWhiteSpace = (text: string, at: number): number => {
  WHITE_SPACE.lastIndex = at
  return WHITE_SPACE.test(text) ? WHITE_SPACE.lastIndex : at
}

/** The last place, from `least` to `limit`, where white space and hence a new grapheme begins. */
const lastBreak = (window: string, limit: number, least: number): number | undefined => {
  const graphemes = segmenter.segment(window)
  for (const pattern of BREAKS) {
    let found: number | undefined
    for (const { index } of window.matchAll(pattern)) {
      if (index > limit) break
      if (index >= least) found = index
    }
    if (found !== undefined && graphemes.containing(found)?.index === found) return found
  }
  return undefined
}

/** The last boundary between graphemes up to `limit`; where one grapheme is longer than that, between characters. */
const graphemeBreak = (window: string, limit: number): number => {
  const boundary = segmenter.segment(window).containing(limit)?.index ?? limit
  if (boundary > 0) return boundary
  const code = window.charCodeAt(limit - 1)
  const isInsidePair = code >= 0xd800 && code <= 0xdbff
  // Half a character is worse than two code units where only one was asked for.
  if (!isInsidePair) return limit
  return limit > 1 ? limit - 1 : 2
}

const byLength = (text: string, limit: number): ReadonlyArray<string> => {
  const chunks: Array<string> = []
  let start = skipWhiteSpace(text, 0)
  while (text.length - start > limit) {
    // Two more code units than fit tell whether a grapheme ends at the limit.
    const window = text.slice(start, start + limit + 2)
    const end = start + (lastBreak(window, limit, Math.ceil(limit * FILL)) ?? graphemeBreak(window, limit))
    chunks.push(text.slice(start, end))
    start = skipWhiteSpace(text, end)
  }
  chunks.push(text.slice(start))
  return chunks
}

export const chunk = (text: string, { limit, mode }: ChunkOptions): ReadonlyArray<string> =>
  (mode === "newline" ? text.split(/\n[^\S\n]*\n/u) : [text])
    .flatMap((paragraph) => byLength(paragraph.trimEnd(), limit))
    .map((piece) => piece.trimEnd())
    .filter((piece) => piece !== "")

export const layer: Layer.Layer<Chunker> = Layer.succeed(Chunker, { chunk })
