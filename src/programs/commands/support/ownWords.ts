/**
 * Which part of a text is the gateway's own, and which may be somebody else's. Errors quote what programs and servers
 * say, and those may quote people: of a sentence only as much is shown as stands in the program itself.
 */

/** The beginning of a text that is the program's own, and a mark where it had more. */
export type OwnWords = (text: string) => string

const QUOTES = ['"', "'", "`"] as const
/** Ends a literal, or a part of a template. */
const ENDS = [...QUOTES, "${"] as const

/** A rest that is not shown. */
const MORE = "..."

/** The longest beginning of a text that a literal of the program has, from its beginning. */
const commonStart = (program: string, text: string, quote: string): string => {
  let shown = 0
  let beyond = text.length + 1
  while (beyond - shown > 1) {
    const middle = Math.floor((shown + beyond) / 2)
    if (program.includes(quote + text.slice(0, middle))) shown = middle
    else beyond = middle
  }
  return text.slice(0, shown)
}

/** `program` is the text of the built program. */
export const makeOwnWords = (program: string): OwnWords => {
  const known = new Map<string, string>()
  const shownOf = (text: string): string => {
    const starts = QUOTES.map((quote) => ({ quote, start: commonStart(program, text, quote) }))
      // A part of a literal is chance.
      .filter(({ quote, start }) => ENDS.some((end) => start !== "" && program.includes(quote + start + end)))
      .map(({ start }) => start)
      .sort((one, other) => other.length - one.length)
    const [own = ""] = starts
    return own.length === text.length ? text : `${own}${MORE}`
  }
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const shown = shownOf(text)
    known.set(text, shown)
    return shown
  }
}
