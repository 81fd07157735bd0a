/** Where prose may be broken: at paragraphs, lines, sentences and words. */
import { isBoundary } from "./graphemes.ts"
import { isWhiteSpace } from "./whiteSpace.ts"

/** The kinds of break; a lower one is better. */
const PARAGRAPH = 0
const LINE = 1
const SENTENCE = 2
const WORD = 3

export interface Break {
  readonly kind: typeof PARAGRAPH | typeof LINE | typeof SENTENCE | typeof WORD
  /** The index at which the text before ends. What white space follows is lost. */
  readonly at: number
}

/** `end.` and `end."` before white space; the wide marks of Chinese and Japanese end a sentence without any. */
const SENTENCE_END =
  /(?=\s)(?<=[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}\p{Pi}"'*_`]*)|(?![。！？\p{Pe}\p{Pf}])(?<=[。！？][\p{Pe}\p{Pf}]*)/uy

const endsSentence = (text: string, at: number): boolean => {
  SENTENCE_END.lastIndex = at
  return SENTENCE_END.test(text)
}

/** All punctuation that is wide, or closes a quotation, is beyond this. */
const LAST_NARROW = 0x2018

/** Whether a later break need not be looked for. */
export const isBest = (found: Break | undefined): boolean => found?.kind === PARAGRAPH

/** The kind of break that the white space from `at` on makes: two line ends in it have a blank line between them. */
const kindOf = (text: string, at: number, worst: number): Break["kind"] => {
  let lineEnds = 0
  for (let next = at; next < text.length && isWhiteSpace(text, next); next++) {
    if (text[next] === "\n" && ++lineEnds === 2) return PARAGRAPH
  }
  if (lineEnds === 1) return LINE
  return worst > SENTENCE && endsSentence(text, at) ? SENTENCE : WORD
}

/**
 * The last break of the best kind that is there, with its index behind `after` and not behind `to`; `found`, which is
 * one behind those, unless there is a better one.
 */
export const lastBreak = (text: string, after: number, to: number, found?: Break): Break | undefined => {
  let best = found
  for (let at = to; at > after && !isBest(best); at--) {
    const worst = best?.kind ?? Number.POSITIVE_INFINITY
    if (isWhiteSpace(text, at)) {
      while (at - 1 > after && isWhiteSpace(text, at - 1)) at--
      const kind = kindOf(text, at, worst)
      if (kind >= worst) continue
      // The first space may belong to a character that takes it into its grapheme, such as U+0600.
      const end = [at, at + 1].find((place) => place <= to && isBoundary(text, place))
      if (end !== undefined) best = { kind, at: end }
    } else if (worst > SENTENCE && text.charCodeAt(at - 1) > LAST_NARROW && endsSentence(text, at)) {
      if (isBoundary(text, at)) best = { kind: SENTENCE, at }
    }
  }
  return best
}
