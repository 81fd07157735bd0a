/** A fenced block that is longer than the limit, as parts that are blocks themselves. */
import type { Fence } from "./fences.ts"
import { cutAt, isBoundary, lastBoundary } from "./graphemes.ts"
import { isWhiteSpace, skipWhiteSpace } from "./whiteSpace.ts"

/** What is left of a block, which fits into a chunk. */
export interface Rest {
  /** What stands before it: the opening line, or nothing. */
  readonly before: string
  /** Where it starts in the text. */
  readonly start: number
}

/** What of a block is split, and the lines around its parts. */
interface Frame {
  readonly start: number
  readonly end: number
  /** Before the first part. */
  readonly opening: string
  /** Before each other part. */
  readonly reopening: string
  /** After each part. */
  readonly closing: string
}

/** The fence lines leave this share of a chunk to the code, so that there are at most so many times more chunks. */
const LEAST_SHARE = 1 / 4

/** No lines around the parts: the block is split with the fence lines that it has. */
const plain = ({ end, start }: Fence): Frame => ({ start, end, opening: "", reopening: "", closing: "" })

/** A part is closed, and the next opened: without the info string where that is long; plain where nothing fits. */
const frameOf = (text: string, fence: Fence, limit: number): Frame => {
  const opening = text.slice(fence.start, fence.body)
  const closing = `\n${fence.closing}`
  const room = (before: string) => limit - before.length - closing.length
  const reopening = [opening, `${fence.marker}\n`].find((line) => room(line) >= limit * LEAST_SHARE)
  return reopening === undefined || room(opening) < 1
    ? plain(fence)
    : { start: fence.body, end: fence.bodyEnd, opening, reopening, closing }
}

/** A part ends before `end`, the next starts at `next`; an empty part is only white space that is lost. */
interface Part {
  readonly end: number
  readonly next: number
}

/** The last line end behind `after` with a blank line before it, else the last one, such that `end` is at most `to`. */
const lastLineEnd = (text: string, after: number, to: number): Part | undefined => {
  const lines = text.slice(after, to + 2)
  let last: Part | undefined
  for (let newline = lines.lastIndexOf("\n"); newline > 0; ) {
    const before = lines.lastIndexOf("\n", newline - 1)
    const end = after + (lines[newline - 1] === "\r" ? newline - 1 : newline)
    if (end <= to) {
      const found = { end, next: after + newline + 1 }
      if (before !== -1 && lines.slice(before, newline).trim() === "") return found
      last ??= found
    }
    newline = before
  }
  return last
}

/** Inside a line: behind its last white space up to `to`, else between graphemes; nothing is lost. */
const cutInLine = (text: string, start: number, after: number, to: number): number | undefined => {
  for (let at = to; at > after; at--) {
    if (isWhiteSpace(text, at - 1) && isBoundary(text, at)) return at
  }
  const boundary = lastBoundary(text, start, to)
  return boundary > after ? boundary : undefined
}

/** The part from `start` on that ends at `to` or before; none where a grapheme is longer than that. */
const partOf = (text: string, start: number, to: number): Part | undefined => {
  const first = skipWhiteSpace(text, start)
  const lineEnd = lastLineEnd(text, first, to)
  if (lineEnd !== undefined) return lineEnd
  const blankLines = text.slice(start, first).lastIndexOf("\n") + 1
  if (blankLines > 0) return { end: start, next: start + blankLines }
  const cut = cutInLine(text, start, first, to)
  if (cut !== undefined) return { end: cut, next: cut }
  return first > start ? { end: start, next: first } : undefined
}

/** The chunks of a block, but for the last: what follows the block may fit into that one too. */
export function* splitBlock(text: string, fence: Fence, limit: number): Generator<string, Rest> {
  let frame = frameOf(text, fence, limit)
  let { start, opening: before } = frame
  let isBegun = false
  while (before.length + fence.end - start > limit) {
    const to = start + limit - before.length - frame.closing.length
    if (frame.end <= to) {
      yield before + text.slice(start, frame.end) + frame.closing
      return { before: "", start: fence.end }
    }
    const part = partOf(text, start, to)
    if (part === undefined && frame.closing !== "") {
      // A grapheme for which only the fence lines leave no room.
      frame = plain(fence)
      start = isBegun ? start : fence.start
      before = ""
      continue
    }
    const end = part?.end ?? cutAt(text, start, to)
    if (end > start) {
      yield before + text.slice(start, end) + frame.closing
      before = frame.reopening
      isBegun = true
    }
    start = part?.next ?? end
  }
  return { before, start }
}
