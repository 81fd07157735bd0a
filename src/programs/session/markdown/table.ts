/** A table as lines that can be read where letters have different widths and a line has few of them. */

/** A line of a phone has about so many letters. */
const LINE = 40

const COLUMNS = " | "

const isFull = (cells: ReadonlyArray<string>): boolean => cells.every((cell) => cell !== "")

/** A row whose cells stand by the names of their columns. */
const record = (header: ReadonlyArray<string>, cells: ReadonlyArray<string>): string =>
  cells
    .flatMap((cell, at) => {
      const name = header[at] ?? ""
      return cell === "" ? [] : [name === "" ? cell : `${name}: ${cell}`]
    })
    .join("\n")

/**
 * The lines of a table: its rows as they are where all of them are short, else each cell on a line of its own with the
 * name of its column, and a blank line between rows.
 */
export const tableText = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): string => {
  const lines = [header, ...rows].map((cells) => cells.join(COLUMNS))
  // An empty cell in a line of few says nothing of which column it is.
  const isNarrow = rows.every(isFull) && lines.every((line) => line.length <= LINE && !line.includes("\n"))
  if (isNarrow || rows.length === 0) return lines.join("\n")
  const named = rows.map((cells) => record(header, cells))
  // What is above a column that is empty throughout is said all the same.
  const unsaid = header.filter((name, at) => name !== "" && rows.every((cells) => (cells[at] ?? "") === ""))
  return [...(unsaid.length === 0 ? [] : [unsaid.join(COLUMNS)]), ...named.filter((row) => row !== "")].join(
    "\n\n"
  )
}
