/** The agents as a config file declares them: in a list, or by their ids. */
import type { AgentsSection } from "./agents.ts"
import { type KeyPath, type Problem, renderPath } from "./problems.ts"

/** An agent as the file has it, and where. */
export interface Declared {
  readonly agent: NonNullable<AgentsSection["list"]>[number]
  readonly path: KeyPath
}

/** All of them, in their order. */
export const declared = ({ entries = {}, list = [] }: AgentsSection): ReadonlyArray<Declared> => [
  ...list.map((agent, at) => ({ agent, path: ["agents", "list", at] })),
  ...Object.entries(entries).map(([id, entry]) => ({
    agent: { id, ...entry },
    path: ["agents", "entries", id]
  }))
]

/** Where the agent of an id stands in `agents`. */
export const pathOfAgent = (section: AgentsSection, id: string): KeyPath =>
  declared(section).find(({ agent }) => agent.id === id)?.path ?? ["agents"]

/** What only one agent can be or have. */
export const repeated = (all: ReadonlyArray<Declared>): ReadonlyArray<Problem> => {
  const first = all.find(({ agent }) => agent.default === true)
  return all.flatMap((one) => {
    const { agent, path } = one
    const twin = all.find((other) => other.agent.id === agent.id)
    return [
      ...(twin === undefined || twin === one
        ? []
        : [
            {
              path: path[1] === "list" ? [...path, "id"] : path,
              message: `"${agent.id}" is also the id of ${renderPath(twin.path)}; every agent needs its own`
            }
          ]),
      ...(first === undefined || agent.default !== true || first === one
        ? []
        : [
            {
              path: [...path, "default"],
              message: `${renderPath(first.path)} is the default agent already; only one can be`
            }
          ])
    ]
  })
}
