/** Fenced code blocks of CommonMark, found in one pass over the lines of a text. */
import { trimmedEnd } from "./whiteSpace.ts"

/** A block by indices into its text; line breaks around it are no part of it. */
export interface Fence {
  /** The start of the opening line, which is before its indentation. */
  readonly start: number
  /** The start of the line after the opening one. */
  readonly body: number
  /** The end of the last line of code that is not blank; `body` where there is none. */
  readonly bodyEnd: number
  /** The end of the closing line; `bodyEnd` where the block runs to the end of the text. */
  readonly end: number
  /** The opening line without its info string. */
  readonly marker: string
  /** The closing line; the marker where the block is not closed. */
  readonly closing: string
}

/** Up to three spaces, three backticks or tildes or more, and the rest of the line. */
const FENCE_LINE = /( {0,3})(`{3,}|~{3,})([^\n]*)/y

interface FenceLine {
  readonly indentation: string
  readonly marks: string
  readonly rest: string
}

const fenceLineAt = (text: string, at: number): FenceLine | undefined => {
  FENCE_LINE.lastIndex = at
  const [, indentation, marks, rest] = FENCE_LINE.exec(text) ?? []
  if (indentation === undefined || marks === undefined || rest === undefined) return undefined
  return { indentation, marks, rest }
}

/** Backticks in its info string make a line inline code. */
const opens = ({ marks, rest }: FenceLine): boolean => marks.startsWith("~") || !rest.includes("`")

const closes = (line: FenceLine, opening: FenceLine): boolean =>
  line.marks.startsWith(opening.marks) && line.rest.trim() === ""

/** The blocks of a text in their order. */
export const findFences = (text: string): ReadonlyArray<Fence> => {
  const fences: Array<Fence> = []
  let open: { readonly line: FenceLine; readonly start: number; readonly body: number } | undefined
  const close = (at: number, closing?: string) => {
    if (open === undefined) return
    const marker = open.line.indentation + open.line.marks
    const bodyEnd = trimmedEnd(text, open.body, at)
    const end = closing === undefined ? bodyEnd : at + closing.length
    fences.push({ start: open.start, body: open.body, bodyEnd, end, marker, closing: closing ?? marker })
    open = undefined
  }
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start)
    const next = newline === -1 ? text.length : newline + 1
    const line = fenceLineAt(text, start)
    if (line !== undefined) {
      if (open === undefined) {
        if (opens(line)) open = { line, start, body: next }
      } else if (closes(line, open.line)) {
        close(start, line.indentation + line.marks)
      }
    }
    start = next
  }
  close(text.length)
  return fences
}
