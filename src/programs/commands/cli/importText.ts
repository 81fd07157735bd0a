/** What `cluster import` carried over, as people read it. */
import { CARRIED } from "../../../layers/cluster/carryOver/tables.ts"
import type { Look } from "../../../layers/terminal/look.ts"
import type { Imported } from "./importState.ts"
import { table } from "./table.ts"

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

const totalOf = (rows: Imported["rows"]): number => Object.values(rows).reduce((sum, count) => sum + count, 0)

const tableOf = ({ rows }: Imported, look: Look): ReadonlyArray<string> => {
  const lines = CARRIED.flatMap(({ holds, table }) => {
    const count = rows[table] ?? 0
    return holds === undefined || count === 0 ? [] : [[holds, String(count)]]
  })
  return lines.length === 0 ? [] : ["", table([["WHAT", "HOW MANY"], ...lines], look)]
}

const waitingOf = ({ waiting: { messages, replies } }: Imported): ReadonlyArray<string> => [
  messages + replies === 0
    ? "Nothing waits."
    : `What waits the hosts go on with: ${counted(messages, "message", "messages")} to be answered, ${counted(replies, "reply", "replies")} to be sent.`
]

const filesOf = ({ files }: Imported): ReadonlyArray<string> =>
  files === undefined
    ? []
    : [
        ...(files.shared === 0 ? [] : [`With ${counted(files.shared, "file", "files")} of replies.`]),
        ...files.tooLarge.map(
          (file) =>
            `Left, for it is too large to be shared: ${file}. Only a host that has this state folder can send it.`
        )
      ]

const asideOf = ({ aside, from }: Imported): ReadonlyArray<string> =>
  aside === undefined
    ? []
    : "file" in aside
      ? [`The store is now ${aside.file}: it is out of use, and a copy of this moment.`]
      : [
          `${from} could not be renamed: ${aside.failed}. Move it away: a gateway without \`cluster\` that finds it answers what the hosts answer.`
        ]

export const importText = (imported: Imported, look: Look): string => {
  const { aside, from, into, rows } = imported
  const what = `${counted(totalOf(rows), "row", "rows")} of ${from}`
  return [
    aside === undefined
      ? `${what} can be carried over into ${into}; nothing was.`
      : `${what} were carried over into ${into}.`,
    ...tableOf(imported, look),
    "",
    ...waitingOf(imported),
    ...filesOf(imported),
    ...asideOf(imported),
    ...(aside === undefined ? [] : ["Start the hosts: `imsg-gateway service install` on each."])
  ].join("\n")
}
