/**
 * What is too long for its place is cut, and says so. What people write is cut by its length in memory, when it comes in
 * (`cut`); what an agent is given, by the bytes that there is room for, and inside no grapheme (`cutTo`).
 */
import { graphemesOf } from "./graphemes.ts"

/** Stands wherever something was left out: in an agent's reply, and in what an agent is given. */
export const CUT_MARK = "… (cut)"

const bytesOf = (text: string): number => Buffer.byteLength(text)

/** A grapheme is rarely longer than this, in UTF-16 code units. */
const LONG_GRAPHEME = 64

/** The last place up to `end` that is inside no grapheme. */
const graphemeEnd = (text: string, end: number): number => {
  const from = Math.max(0, end - LONG_GRAPHEME)
  const segment = graphemesOf(text.slice(from, end + LONG_GRAPHEME)).containing(end - from)
  return segment === undefined || segment.index === 0 ? end : from + segment.index
}

/** The text, or so many bytes of it in UTF-8 as there is room for, and the mark. */
export const cutTo = (text: string, maxBytes: number): string => {
  // No code unit takes more than three bytes.
  if (text.length * 3 <= maxBytes || bytesOf(text) <= maxBytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return `${text.slice(0, graphemeEnd(text, read))}${CUT_MARK}`
}

/** A copy: a slice of a string keeps the whole of it in memory. */
const copied = (text: string): string => Buffer.from(text, "utf8").toString("utf8")

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** The beginning of a text, `limit` UTF-16 units at most, and no half of a character. */
export const beginning = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  return copied(text.slice(0, isHighSurrogate(text.charCodeAt(limit - 1)) ? limit - 1 : limit))
}

/** A text of which what is beyond the limit is left out, with a mark in its place that says so. */
export const cut = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const kept = beginning(text, limit)
  return copied(`${kept}… [cut: ${text.length - kept.length} more characters]`)
}
