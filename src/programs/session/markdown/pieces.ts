/** A long text in pieces, so that none takes long: a lexer's time grows with the square of what it is given. */

/** How long a piece is, in UTF-16 code units outside of code, before it ends at a blank line. */
const PIECE = 4000
/** And before it ends at any line. */
const LONG_PIECE = 6000
/** What is longer, all of it one line, is taken for no markdown. */
const LONGEST = 10_000

export interface Piece {
  readonly text: string
  readonly isMarkdown: boolean
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/u

/** The fence that is open behind a line. */
const fenceAfter = (line: string, open: string | undefined): string | undefined => {
  const fence = FENCE.exec(line)?.[1]
  if (open === undefined) return fence
  return fence?.startsWith(open) === true && line.trim() === fence ? undefined : open
}

/** The pieces of a text, in order; together they are the text. */
export const piecesOf = (text: string): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let lines: Array<string> = []
  let prose = 0
  let fence: string | undefined

  const end = () => {
    if (lines.length > 0) pieces.push({ text: lines.join(""), isMarkdown: prose <= LONGEST })
    lines = []
    prose = 0
  }
  for (const line of text.split(/(?<=\n)/u)) {
    const isApart = (lines.at(-1) ?? "").trim() === ""
    if (fence === undefined && /^\S/u.test(line) && prose >= (isApart ? PIECE : LONG_PIECE)) end()
    const next = fenceAfter(line, fence)
    if (fence === undefined && next === undefined) {
      // A line that is too long alone takes nothing with it.
      if (line.length > LONGEST) end()
      prose += line.length
    }
    lines.push(line)
    if (line.length > LONGEST && next === undefined) end()
    fence = next
  }
  end()
  return pieces
}
