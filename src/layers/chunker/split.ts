/** A section to chunks: each as long as the best break in reach allows. */
import { splitBlock } from "./blocks.ts"
import { type Break, isBest, lastBreak } from "./breaks.ts"
import type { Fence } from "./fences.ts"
import { cutAt } from "./graphemes.ts"
import type { Section } from "./paragraphs.ts"
import { skipWhiteSpace, trimmedEnd } from "./whiteSpace.ts"

/** The last break of the best kind behind `start` and up to `to`, outside of the blocks from the one at `index` on. */
const lastBreakOutside = (
  text: string,
  fences: ReadonlyArray<Fence>,
  index: number,
  start: number,
  to: number
): Break | undefined => {
  const inReach: Array<Fence> = []
  for (let at = index, fence = fences[at]; fence !== undefined && fence.start <= to; fence = fences[++at]) {
    inReach.push(fence)
  }
  let best: Break | undefined
  let end = to
  for (const fence of inReach.reverse()) {
    best = lastBreak(text, fence.end - 1, end, best)
    if (isBest(best)) return best
    end = fence.start - 1
  }
  return lastBreak(text, start, end, best)
}

/** White space goes, but for the indentation of a block's opening line, which that of its code counts from. */
const nextStart = (text: string, at: number, fence: Fence | undefined): number => {
  const start = skipWhiteSpace(text, at)
  return fence !== undefined && fence.start >= at ? Math.min(start, fence.start) : start
}

/** The chunks of a section, none longer than the limit but for a character that is. */
export function* split(
  text: string,
  { fences, from, to: sectionEnd }: Section,
  limit: number
): Generator<string> {
  const to = trimmedEnd(text, from, sectionEnd)
  let index = 0
  let start = nextStart(text, from, fences[index])
  let before = ""
  while (before.length + to - start > limit) {
    let fence = fences[index]
    while (fence !== undefined && fence.end <= start) fence = fences[++index]
    if (fence !== undefined && fence.start === start && fence.end - start > limit) {
      ;({ before, start } = yield* splitBlock(text, fence, limit))
      if (start === fence.end) start = nextStart(text, start, fences[index + 1])
    } else {
      const reach = start + limit - before.length
      const end = lastBreakOutside(text, fences, index, start, reach)?.at ?? cutAt(text, start, reach)
      yield before + text.slice(start, end)
      before = ""
      while (fence !== undefined && fence.end <= end) fence = fences[++index]
      start = nextStart(text, end, fence)
    }
  }
  if (start < to) yield before + text.slice(start, to)
}
