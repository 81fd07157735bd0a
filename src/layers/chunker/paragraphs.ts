/** A text by its blank lines, but for those in fenced blocks. */
import type { Fence } from "./fences.ts"

/** A part of a text, and the blocks in it. */
export interface Section {
  readonly from: number
  readonly to: number
  readonly fences: ReadonlyArray<Fence>
}

/** With all white space after it, so that a long run of it is one match. */
const BLANK_LINES = /\n[^\S\n]*\n\s*/gu

/** The sections between blank lines, in order; some may be blank. */
export function* paragraphs(text: string, fences: ReadonlyArray<Fence>): Generator<Section> {
  let from = 0
  let first = 0
  let next = 0
  for (const { index } of text.matchAll(BLANK_LINES)) {
    let fence = fences[next]
    while (fence !== undefined && fence.end <= index) fence = fences[++next]
    if (fence !== undefined && fence.start <= index) continue
    yield { from, to: index, fences: fences.slice(first, next) }
    from = index + 1
    first = next
  }
  yield { from, to: text.length, fences: fences.slice(first) }
}
