/**
 * Tapbacks of phones without iMessage: they come as a message that says in words what was done to another one, such as
 * `Liked “see you at seven”`. What is here are the words of phones' own languages; a person's sentence is none unless
 * it has exactly such a form.
 */
import { LANGUAGES } from "./tapbackWords.ts"

/** What is before the quotation of a phrase, and after it. */
const halves = (phrase: string): readonly [string, string] => {
  const [before = "", after = ""] = phrase.split("…")
  return [before, after]
}

/** Marks around a quotation, as phones write them. */
const TYPOGRAPHIC = ["“”", "„“", "„”", "«»", "»«", "‹›", "「」", "『』", "《》", "””", "‘’"]
/** What networks make of them that cannot carry others; people write these themselves. */
const PLAIN = ['""', "''"]

/** One emoji, whatever it is put together from. */
export const EMOJI =
  /(?:[\p{Extended_Pictographic}\p{RI}]|[0-9#*]\ufe0f?\u20e3)(?:[\p{Extended_Pictographic}\p{RI}\p{EMod}\u{e0020}-\u{e007f}]|\u200d|\ufe0f)*/gu
/** The first emoji of a text. */
export const emojiIn = (text: string): string | undefined => text.match(EMOJI)?.[0]

/** Characters that are not seen, but for those that hold an emoji together. */
const UNSEEN = /(?!\u200d|\ufe0f|[\u{e0020}-\u{e007f}])[\p{Default_Ignorable_Code_Point}\ufffc]/gu

/** Spaces of any kind count as one, and apostrophes are written in several ways. */
const plain = (text: string): string =>
  text.normalize("NFC").replace(UNSEEN, "").replace(/[’ʼ]/gu, "'").replace(/\s+/gu, " ").trim()

/** What stands around a quotation, so that it can be found: nothing depends on its spaces, its case or its emoji. */
const keyOf = (before: string, after: string): string =>
  `${before}…${after}`.replace(EMOJI, "{}").replace(/\s/gu, "").toLowerCase()

const FORMS: ReadonlySet<string> = new Set(
  LANGUAGES.flatMap(({ quoting }) => quoting.map((phrase) => keyOf(...halves(plain(phrase)))))
)

/** Those that need no quotation: `Loved an image`. */
const THINGS: ReadonlySet<string> = new Set(
  LANGUAGES.flatMap(({ quoting, things }) =>
    quoting
      .filter((phrase) => !phrase.includes("…"))
      .flatMap((phrase) => things.map((thing) => keyOf(plain(`${phrase} ${thing}`), "")))
  )
)

/**
 * What a text says was reacted to: a quotation, in marks as phones write them or in plain ones, or a thing. `words` are
 * those that say how.
 */
export type TextReaction =
  | {
      readonly _tag: "Quotation"
      readonly quoted: string
      readonly isTypographic: boolean
      readonly words: string
    }
  | { readonly _tag: "Thing"; readonly words: string }

/** A longer one is no phone's: they shorten what they quote, or quote what fits into a message. */
const LONGEST = 4000
/** Of what stands before a quotation, or after it. */
const LONGEST_HALF = 60

/** The places of a mark in the parts of a text that may stand around a quotation. */
const places = (text: string, mark: string, from: number, until: number): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let at = text.indexOf(mark, from); at !== -1 && at < until; at = text.indexOf(mark, at + 1))
    found.push(at)
  return found
}

/** A quotation, and what stands around it. */
interface Quoted {
  readonly quoted: string
  readonly words: string
}

/** The quotation of a text in one kind of marks. Those of a phrase itself are told from it by trying both. */
const quotedIn = (text: string, [open = "", close = ""]: string): Quoted | undefined => {
  for (const from of places(text, open, 0, LONGEST_HALF)) {
    for (const to of places(text, close, Math.max(from + 1, text.length - LONGEST_HALF), text.length)) {
      const quoted = text.slice(from + 1, to).trim()
      const [before, after] = [text.slice(0, from), text.slice(to + 1)]
      if (quoted !== "" && FORMS.has(keyOf(before, after))) return { quoted, words: `${before}…${after}` }
    }
  }
  return undefined
}

const firstIn = (text: string, marks: ReadonlyArray<string>): Quoted | undefined => {
  for (const pair of marks) {
    const quoted = quotedIn(text, pair)
    if (quoted !== undefined) return quoted
  }
  return undefined
}

/** The reaction that a text has the form of, as a whole. */
export const textReaction = (text: string): TextReaction | undefined => {
  if (text.length > LONGEST) return undefined
  const read = plain(text)
  if (read.length < LONGEST_HALF && THINGS.has(keyOf(read, ""))) return { _tag: "Thing", words: read }
  const typographic = firstIn(read, TYPOGRAPHIC)
  const found = typographic ?? firstIn(read, PLAIN)
  return found === undefined
    ? undefined
    : { _tag: "Quotation", ...found, isTypographic: typographic !== undefined }
}

/** Phones shorten what they quote. */
const SHORTENED = /(?:…|\.\.\.)$/u

/** What was said in a chat, and whether that is all of it. */
export interface Said {
  readonly texts: ReadonlyArray<string>
  readonly isWhole: boolean
}

/** A quotation without the word that a phone cut in shortening it. */
export const wholeWords = (quoted: string): string =>
  SHORTENED.test(quoted) ? `${quoted.replace(SHORTENED, "").replace(/\s*\S*$/u, "")}…` : quoted

/**
 * Whether a reaction quotes the beginning of what was said, or all of it; of a thing nothing is quoted. What was shortened to
 * nothing is the beginning of everything, and quotes none of it.
 */
export const isQuoting = (reaction: TextReaction, text: string): boolean => {
  if (reaction._tag === "Thing") return false
  const said = plain(text)
  const begin = reaction.quoted.replace(SHORTENED, "").trim()
  return said === reaction.quoted || (begin !== "" && said.startsWith(begin))
}

/**
 * Whether a text that has the form of a reaction is one. It is where it quotes the beginning of something that was said
 * in its chat. Where that was said longer ago than could be looked through, or nothing could be looked through, marks
 * as phones write them decide. Where all that was said is known, and it was not, a person wrote it.
 */
export const isReactionTo = (reaction: TextReaction, said: Said | undefined): boolean => {
  if (reaction._tag === "Thing") return true
  if (said?.texts.some((text) => isQuoting(reaction, text)) === true) return true
  return reaction.isTypographic && said?.isWhole !== true
}
