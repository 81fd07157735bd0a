/** What people wrote, made harmless for a terminal: nothing in it is obeyed, and nothing in it is there unseen. */

/** Of a script in which the two joiners decide how letters are written. */
const JOINED = `[${[
  ...["Arab", "Syrc", "Mand", "Nkoo", "Mong", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml"],
  ...["Telu", "Knda", "Mlym", "Sinh", "Khmr", "Mymr", "Tibt"]
]
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join("")}]`

const TAG = "[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]"

/** Characters without a look of their own where they are part of one: of an emoji, a flag, a letter. */
const SEEN = [
  "(?<=\\p{Extended_Pictographic})[\\uFE0E\\uFE0F]",
  "(?<=[0-9#*])\\uFE0F(?=\\u20E3)",
  "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F])\\u200D(?=\\p{Extended_Pictographic})",
  `(?<=${JOINED})[\\u200C\\u200D](?=${JOINED})`,
  "(?<=\\p{Script=Han})[\\u{E0100}-\\u{E01EF}]",
  `(?<=\\u{1F3F4}${TAG}{0,6})${TAG}(?=${TAG}{0,6}\\u{E007F})`,
  `(?<=\\u{1F3F4}${TAG}{3,6})\\u{E007F}`
]

/** Controls of either set, halves of a character, separators of lines, what has no width, and what turns the direction. */
const UNSEEN = "[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u{FFF9}-\\u{FFFB}]"

let expression: RegExp | undefined
/** To make it and to look with it for the first time takes 15 ms, more than most commands do: only where it is needed. */
const misleading = (): RegExp => {
  expression ??= new RegExp(`(?!${SEEN.join("|")})${UNSEEN}`, "gu")
  return expression
}

/** Most lines have nothing but letters of Latin, digits and punctuation, all of which are seen wherever they stand. */
const PLAIN = " -~\\u00a1-\\u00ac\\u00ae-\\u024f\\u2010-\\u2027\\u2030-\\u205e"
const PLAIN_LINE = new RegExp(`^[${PLAIN}]*$`)
const PLAIN_LINES = new RegExp(`^[\t\n${PLAIN}]*$`)

const NAMED: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

/** As JSON writes a character, so that JSON which holds one stays the same JSON. */
const escaped = (character: string): string =>
  NAMED[character] ??
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`
  ).join("")

/** A text in one line: a line break too is shown as an escape, since in a table or a sentence it would forge a row. */
export const oneLine = (text: string): string =>
  PLAIN_LINE.test(text) ? text : text.replace(misleading(), escaped)

/** A text that may have several lines; where they must not pass for ours, who shows it indents them. */
export const harmless = (text: string): string =>
  PLAIN_LINES.test(text)
    ? text
    : text
        .replaceAll("\r\n", "\n")
        .replace(misleading(), (character) =>
          character === "\n" || character === "\t" ? character : escaped(character)
        )
