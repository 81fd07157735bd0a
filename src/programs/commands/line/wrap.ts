/** Text in lines of a width. */

/** Words in as few lines as there can be, none longer than `width` unless it is one word. */
export const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Terms are given at most so much of a line; what is longer has a line of its own. */
const LONGEST_TERM = 32
/** Where less is left beside the terms, what is said of them stands below. */
const LEAST_BESIDE = 34

/** Terms, and beside each what it is; in lines of `width`, two spaces in. */
export const listed = (
  entries: ReadonlyArray<{ readonly term: string; readonly says: string }>,
  width: number,
  longestTerm: number = LONGEST_TERM
): ReadonlyArray<string> => {
  const column = Math.max(...entries.map(({ term }) => (term.length > longestTerm ? 0 : term.length))) + 4
  const isBeside = width - column >= LEAST_BESIDE
  const left = isBeside ? column : 6
  return entries.flatMap(({ says, term }) => {
    const lines = says === "" ? [] : wrapped(says, width - left).map((line) => `${" ".repeat(left)}${line}`)
    const [first = "", ...more] = lines
    return isBeside && term.length + 4 <= column
      ? [`  ${term}`.padEnd(left) + first.slice(left), ...more].map((line) => line.trimEnd())
      : [`  ${term}`, ...lines]
  })
}
