/** Graphemes: what a reader takes for one character, which is never cut where it fits into a chunk. */
import { graphemesOf } from "../../schemas/graphemes.ts"

/** Most places are told without the segmenter: of ASCII, no two characters are one grapheme but for CR LF. */
const isBetweenAscii = (text: string, at: number): boolean => {
  const before = text.charCodeAt(at - 1)
  const after = text.charCodeAt(at)
  return before < 0x80 && after < 0x80 && !(before === 0x0d && after === 0x0a)
}

/**
 * Whether one grapheme ends and the next begins at `at`. Told from a character on each side alone, which is enough
 * where one of the two is white space or punctuation.
 */
export const isBoundary = (text: string, at: number): boolean => {
  if (at <= 0 || at >= text.length || isBetweenAscii(text, at)) return true
  const from = Math.max(0, at - 2)
  return graphemesOf(text.slice(from, at + 2)).containing(at - from)?.index === at - from
}

/** The last boundary between graphemes up to `to`, which lies in the text; `start` where there is none behind it. */
export const lastBoundary = (text: string, start: number, to: number): number => {
  if (isBetweenAscii(text, to)) return to
  // Two more code units hold the character that decides whether a grapheme ends at `to`.
  const window = graphemesOf(text.slice(start, to + 2))
  return start + (window.containing(to - start)?.index ?? 0)
}

/** The same, but between characters where a grapheme is too long, and behind a whole character at the least. */
export const cutAt = (text: string, start: number, to: number): number => {
  const boundary = lastBoundary(text, start, to)
  if (boundary > start) return boundary
  const isInsidePair = (text.codePointAt(to - 1) ?? 0) > 0xffff
  if (!isInsidePair) return to
  return to - 1 > start ? to - 1 : to + 1
}
