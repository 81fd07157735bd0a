/** docs/commands.md: every command, as its help has it. */
import { PROGRAM } from "../../../version.ts"
import type { CommandEntry } from "./CommandEntry.ts"
import { commandTable } from "./commandTable.ts"
import { helpOf } from "./help.ts"
import { lastOf, type Path } from "./walk.ts"

const look = { width: 100, heading: (text: string) => text }

const below = (path: Path): ReadonlyArray<Path> => [
  path,
  ...lastOf(path).commands.flatMap((one: CommandEntry) => below([...path, one]))
]

const sectionOf = (path: Path): string => {
  const title =
    path.length === 1
      ? PROGRAM
      : path
          .slice(1)
          .map(({ name }) => name)
          .join(" ")
  return `${path.length > 2 ? "###" : "##"} ${title}\n\n\`\`\`text\n${helpOf(path, look).trimEnd()}\n\`\`\`\n`
}

/** The whole page. */
export const markdown = (): string =>
  [
    "# Commands\n",
    "Made from the commands themselves by `npm run docs`: do not edit. The same stands in `imsg-gateway help COMMAND`.\n",
    "Exit codes: 0 done, 1 refused, 2 wrong usage or config; 130, 143 or 141 for a command that Ctrl-C, SIGTERM or a closed",
    "pipe ended before it was done. Completion: `imsg-gateway help completion` says how your shell gets it.\n",
    ...below([commandTable]).map(sectionOf)
  ].join("\n")
