/** Rows of text as columns. */
import widthOf from "fast-string-width"
import { oneLine } from "../../../layers/terminal/harmless.ts"
import { type Look, PLAIN, styled } from "../../../layers/terminal/look.ts"
import { graphemesOf } from "../../../schemas/graphemes.ts"

const GAP = 2

/** No column is made narrower than this to fit, or than its heading. */
const NARROWEST = 6

/** The beginning of a text that fits, with … where something is left out. */
const shortened = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let kept = ""
  for (const { segment } of graphemesOf(text)) {
    if (widthOf(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** Widths of which the widest are made narrower until all fit, or none can be any more. */
export const fitted = (
  widths: ReadonlyArray<number>,
  least: ReadonlyArray<number>,
  width: number
): ReadonlyArray<number> => {
  const now = [...widths]
  const total = () => now.reduce((sum, one) => sum + one, GAP * (now.length - 1))
  while (total() > width) {
    const spare = now.map((one, column) => (one > (least[column] ?? 0) ? one : 0))
    const widest = spare.indexOf(Math.max(...spare))
    if ((spare[widest] ?? 0) === 0) return now
    now[widest] = (now[widest] ?? 0) - 1
  }
  return now
}

/**
 * Pads every column to its widest cell, two spaces apart. The first row is the heading. No cell makes a row of its own.
 * On a terminal cells are shortened so that rows fit; elsewhere nothing is cut. Columns named in `whole` never are:
 * what stands there is typed again.
 */
export const table = (
  cells: ReadonlyArray<ReadonlyArray<string>>,
  look: Look = PLAIN,
  whole: ReadonlyArray<string> = ["ID", "CODE"]
): string => {
  const rows = cells.map((row) => row.map(oneLine))
  const heading = rows[0] ?? []
  const natural = heading.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ""))))
  const least = heading.map((name, column) =>
    whole.includes(name) ? (natural[column] ?? 0) : Math.max(NARROWEST, widthOf(name))
  )
  const widths = look.width === undefined ? natural : fitted(natural, least, look.width)
  return rows
    .map((row, index) => {
      const line = row
        .map((cell, column) => {
          const shown = shortened(cell, widths[column] ?? 0)
          return shown + " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(shown)))
        })
        .join(" ".repeat(GAP))
        .trimEnd()
      return index === 0 ? styled(look, "bold", line) : line
    })
    .join("\n")
}
