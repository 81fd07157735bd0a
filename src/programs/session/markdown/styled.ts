/**
 * A text with how ranges of it are shown. What is done to a text is done to both at once, so that no range is ever of
 * another text. Offsets count UTF-16 units.
 */
import type { TextStyle } from "../../../schemas/Act.ts"
import type { Format } from "../../../schemas/Delivery.ts"

export interface Styled {
  readonly text: string
  readonly format: ReadonlyArray<Format>
}

const NONE: ReadonlyArray<Format> = []

/** A text that is shown as it is. */
export const unstyled = (text: string): Styled => ({ text, format: NONE })

const movedBy = (format: ReadonlyArray<Format>, by: number): ReadonlyArray<Format> =>
  by === 0 ? format : format.map((range) => ({ ...range, start: range.start + by }))

/** Texts behind one another, with something between each two. */
export const joined = (all: ReadonlyArray<Styled>, between = ""): Styled => {
  const format: Array<Format> = []
  let length = 0
  for (const [at, one] of all.entries()) {
    if (at > 0) length += between.length
    for (const range of movedBy(one.format, length)) format.push(range)
    length += one.text.length
  }
  return { text: all.map(({ text }) => text).join(between), format }
}

/**
 * All of a text is shown so, beside how it is shown already. What of it was shown so and no other way is nothing more: so what
 * lies in one another however deep has no more ranges over a place than there are styles.
 */
export const shown = ({ format, text }: Styled, style: TextStyle): Styled => {
  if (text === "") return { text, format }
  const others = format.filter(({ styles }) => styles.some((one) => one !== style))
  return { text, format: [...others, { start: 0, length: text.length, styles: [style] }] }
}

/** A text that stands at the end of a longer one now. */
export const atEndOf = (whole: string, { format, text }: Styled): Styled => ({
  text: whole,
  format: movedBy(format, whole.length - text.length)
})

/** A piece of a text, as `String.slice` takes it. */
export const sliced = ({ format, text }: Styled, from: number, to = text.length): Styled => ({
  text: text.slice(from, to),
  format:
    format.length === 0
      ? NONE
      : format.flatMap(({ length, start, styles }) => {
          const begin = Math.max(start, from)
          const end = Math.min(start + length, to)
          return begin < end ? [{ start: begin - from, length: end - begin, styles }] : []
        })
})

export const trimmedAtEnd = (styled: Styled): Styled => sliced(styled, 0, styled.text.trimEnd().length)

export const trimmed = (styled: Styled): Styled => {
  const { length } = styled.text.trimEnd()
  return sliced(styled, styled.text.length - styled.text.trimStart().length, length)
}

/** Where an offset comes to lie: that of a start behind what took the place of what it lay in, that of an end before it. */
type Place = (offset: number, edge: "start" | "end") => number

const placing = (
  matches: ReadonlyArray<{ readonly from: number; readonly to: number }>,
  size: number
): Place => {
  let gained = 0
  const moves = matches.map(({ from, to }) => {
    const move = { from, to, at: from + gained }
    gained += size - (to - from)
    return move
  })
  return (offset, edge) => {
    let low = 0
    let high = moves.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((moves[middle]?.from ?? offset) < offset) low = middle + 1
      else high = middle
    }
    const before = moves[low - 1]
    if (before === undefined) return offset
    const { at, to } = before
    if (offset >= to) return at + size + offset - to
    return edge === "start" ? at + size : at
  }
}

/** The text with another one in the place of all that matches, as `String.replace` does it; `pattern` is global. */
export const replaced = ({ format, text }: Styled, pattern: RegExp, by: string): Styled => {
  if (format.length === 0) return unstyled(text.replace(pattern, by))
  const matches = Array.from(text.matchAll(pattern), ({ 0: match, index }) => ({
    from: index,
    to: index + match.length
  }))
  if (matches.length === 0) return { text, format }
  const place = placing(matches, by.length)
  return {
    text: text.replace(pattern, by),
    format: format.flatMap(({ length, start, styles }) => {
      const begin = place(start, "start")
      const end = place(start + length, "end")
      return begin < end ? [{ start: begin, length: end - begin, styles }] : []
    })
  }
}

/** The lines of a text. */
export const linesOf = (styled: Styled): ReadonlyArray<Styled> => {
  const lines = styled.text.split("\n")
  if (styled.format.length === 0) return lines.map(unstyled)
  let from = 0
  return lines.map((line) => {
    const start = from
    from += line.length + 1
    return sliced(styled, start, start + line.length)
  })
}

const SPACE_ALONE = /^\s*$/u

/** Where the ranges of a text begin and end, in order, with how many of each style more or fewer lie over it from there. */
const edgesOf = (format: ReadonlyArray<Format>) =>
  format
    .flatMap(({ length, start, styles }) => [
      { at: start, by: 1, styles },
      { at: start + length, by: -1, styles }
    ])
    .sort((one, other) => one.at - other.at)

/** As many ranges as a text has that somebody reads: what comes behind them goes as it is. */
export const MAX_RANGES = 2_000

/**
 * The ranges as Messages takes them: in their order, none over another, each with all of its styles, and none of white space
 * alone. Those that touch and are shown alike are one. They are the first `MAX_RANGES`.
 */
export const disjoint = ({ format, text }: Styled): ReadonlyArray<Format> => {
  const ranges: Array<Format> = []
  const over = new Map<TextStyle, number>()
  let start = 0
  for (const { at: end, by, styles: changed } of edgesOf(format)) {
    if (end > start && over.size > 0 && !SPACE_ALONE.test(text.slice(start, end))) {
      const styles = [...over.keys()].sort()
      const last = ranges.at(-1)
      const isSame = last?.styles.join() === styles.join() && last.start + last.length === start
      if (isSame) ranges[ranges.length - 1] = { ...last, length: end - last.start }
      else if (ranges.length === MAX_RANGES) return ranges
      else ranges.push({ start, length: end - start, styles })
    }
    start = end
    for (const style of changed) {
      const count = (over.get(style) ?? 0) + by
      if (count === 0) over.delete(style)
      else over.set(style, count)
    }
  }
  return ranges
}
