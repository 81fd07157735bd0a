/** What is too long for its place is cut, and says so. */

/** Stands wherever something was left out: in an agent's reply, and in what an agent is given. */
export const CUT_MARK = "… (cut)"

const bytesOf = (text: string): number => Buffer.byteLength(text)

/** A grapheme is rarely longer than this, in UTF-16 code units. */
const LONG_GRAPHEME = 64

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/** The last place up to `end` that is inside no grapheme. */
const graphemeEnd = (text: string, end: number): number => {
  const from = Math.max(0, end - LONG_GRAPHEME)
  const segment = graphemes.segment(text.slice(from, end + LONG_GRAPHEME)).containing(end - from)
  return segment === undefined || segment.index === 0 ? end : from + segment.index
}

/** The text, or so many bytes of it in UTF-8 as there is room for, and the mark. */
export const cutTo = (text: string, maxBytes: number): string => {
  // No code unit takes more than three bytes.
  if (text.length * 3 <= maxBytes || bytesOf(text) <= maxBytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return `${text.slice(0, graphemeEnd(text, read))}${CUT_MARK}`
}
