/** The parts of docs/access.md that are made of the data, between `<!-- made: NAME -->` and `<!-- /made: NAME -->`. */
import { alwaysTable, reasons } from "./accessAlways.ts"
import { commandTable } from "./accessCommands.ts"
import { directTable } from "./accessDirect.ts"
import { groupTable } from "./accessGroups.ts"
import { reactionTable } from "./accessReactions.ts"
import { refusals, spellings } from "./accessSpellings.ts"
import type { AccessTable, Row } from "./accessTable.ts"

const grid = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const tags: Readonly<Record<string, string>> = {
  Dispatch: "answered",
  Command: "carried out",
  Remember: "kept for later, not answered",
  Drop: "ignored"
}

const pairings: Readonly<Record<NonNullable<Row["pairing"]>, string>> = {
  Created: "answered with a code",
  Pending: "ignored, for they have a code",
  Rejected: "ignored until the code would have expired",
  Approved: "ignored, for they were let in since",
  Full: "ignored until there is room"
}

const outcome = ({ pairing, verdict }: AccessTable["rows"][number]): ReadonlyArray<string> => {
  const [tag = "", reason = ""] = verdict.split(": ")
  return [pairing === undefined ? (tags[tag] ?? tag) : pairings[pairing], `\`${reason}\``]
}

/** The columns that make a difference in some row. */
const countingColumns = ({ columns, rows }: AccessTable) =>
  Object.entries(columns).filter(([key]) => rows.some(({ when }) => when[key] !== undefined))

const decisions = ({ columns, rows }: AccessTable): string => {
  const counting = countingColumns({ columns, rows })
  const others = Object.entries(columns)
    .filter(([key]) => !counting.some(([other]) => other === key))
    .map(([, { title, words }]) => `- ${title}: ${Object.keys(words).join("; ")}`)
  const table = grid(
    [...counting.map(([, { title }]) => title), "it is", "reason"],
    rows.map((row) => [...counting.map(([key]) => row.when[key] ?? "any"), ...outcome(row)])
  )
  if (others.length === 0) return table
  return `${table}\n\nWhat makes no difference here:\n\n${others.join("\n")}`
}

/** What the words of a table stand for, as far as they do not say it themselves. */
const words = ({ columns, rows }: AccessTable): string =>
  grid(
    ["column", "word", "stands for"],
    countingColumns({ columns, rows }).flatMap(([, { title, words }]) =>
      Object.entries(words).flatMap(([word, meanings]) => {
        const said = meanings.flatMap((meaning) => meaning.words ?? [])
        return said.length === 0 ? [] : [[title, word, said.join("; or ")]]
      })
    )
  )

const both = (table: AccessTable): string => `${decisions(table)}\n\n${words(table)}`

/** The parts by their names. */
export const parts: Readonly<Record<string, string>> = {
  spellings: grid(
    ["entry", "names"],
    spellings.map(({ entry, names }) => [`\`"${entry}"\``, names])
  ),
  refusals: grid(
    ["entry", "why"],
    refusals.map(({ entry, why }) => [`\`"${entry}"\``, why])
  ),
  direct: both(directTable),
  groups: both(groupTable),
  commands: both(commandTable),
  reactions: both(reactionTable),
  always: both(alwaysTable),
  reasons: grid(
    ["reason", "because"],
    Object.entries(reasons).map(([reason, meaning]) => [`\`${reason}\``, meaning])
  )
}

/** The page with its parts as the data has them. What stands outside of them is left as it is. */
export const withParts = (page: string): string =>
  page.replace(
    /(<!-- made: (\w+) -->\n)[\s\S]*?(<!-- \/made: \2 -->)/gu,
    (all, begin: string, name: string, end: string) =>
      parts[name] === undefined ? all : `${begin}\n${parts[name]}\n\n${end}`
  )
