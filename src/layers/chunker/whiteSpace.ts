/** White space at the ends of chunks, which is lost, but for what is one grapheme with its neighbour. */
import { isBoundary } from "./graphemes.ts"

const WHITE_SPACE = /\s/u

/** Behind the last white space but one come the scripts of East Asia and the surrogates. */
const IDEOGRAPHIC_SPACE = 0x3000
const BYTE_ORDER_MARK = 0xfeff

/** What `\s` matches, without a regular expression for nearly every character. */
export const isWhiteSpace = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  if (code < 0xa0) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  if (code > IDEOGRAPHIC_SPACE) return code === BYTE_ORDER_MARK
  return WHITE_SPACE.test(text.charAt(at))
}

/** The first place from `at` without white space; a space that carries a mark (`" \u0301"`) is none. */
export const skipWhiteSpace = (text: string, at: number): number => {
  let end = at
  while (end < text.length && isWhiteSpace(text, end)) end++
  return end === at || isBoundary(text, end) ? end : end - 1
}

/** The end of `text.slice(from, to)` without the white space there. */
export const trimmedEnd = (text: string, from: number, to: number): number => {
  let end = to
  while (end > from && isWhiteSpace(text, end - 1)) end--
  return end === to || isBoundary(text, end) ? end : end + 1
}
