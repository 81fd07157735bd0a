/** Rows of text as columns. */
import { oneLine } from "../../../layers/terminal/harmless.ts"

/** Pads every column to its widest cell, two spaces apart. The first row is the heading. No cell makes a row of its own. */
export const table = (cells: ReadonlyArray<ReadonlyArray<string>>): string => {
  const rows = cells.map((row) => row.map(oneLine))
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
