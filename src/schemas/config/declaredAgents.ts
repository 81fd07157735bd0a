/** Agents as the file declares them, and what it says of them that cannot be meant. */
import type { ExpandHome } from "./accounts.ts"
import type { AgentsSection } from "./agents.ts"
import { permissionProblems } from "./permissions.ts"
import { type KeyPath, type Problem, renderPath } from "./problems.ts"
import type { AgentRuntime } from "./resolved.ts"
import { notItsOwn } from "./runtimes/ownFolder.ts"

export type Agent = NonNullable<AgentsSection["list"]>[number]

/** A runtime by what says of it whether it remembers. */
interface Kind {
  readonly type: AgentRuntime["type"]
  readonly preset?: string
}

/** Models, and agents that are told what people wrote as a model is: they write markdown where nobody tells them not to. */
export const isModel = ({ type }: Kind): boolean => ["openai", "anthropic", "cli", "acp"].includes(type)

/** Whether the gateway remembers for an agent, be it only by what name the agent knows the conversation. */
export const isRemembering = (kind: Kind): boolean =>
  isModel(kind) || (kind.type === "webhook" && kind.preset !== undefined)

/** An agent as the file has it, and where. */
interface Declared {
  readonly agent: Agent
  readonly path: KeyPath
}

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

const repeated = (all: ReadonlyArray<Declared>): ReadonlyArray<Problem> => {
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

/** Memory that is wanted of agents who remember for themselves: nothing here could keep it. */
const withoutMemory = (all: ReadonlyArray<Declared>): ReadonlyArray<Problem> =>
  all.flatMap(({ agent: { memory, runtime = { type: "echo" as const } }, path }) =>
    memory === undefined || memory === false || isRemembering(runtime)
      ? []
      : [
          {
            path: [...path, "memory"],
            message: `an agent whose runtime is "${runtime.type}" remembers for itself; leave it out`
          }
        ]
  )

/** Agents that would work in a folder which is not theirs alone. */
const inOthersFolders = (
  all: ReadonlyArray<Declared>,
  expandHome: ExpandHome,
  stateDir: string
): ReadonlyArray<Problem> =>
  all.flatMap(({ agent: { runtime }, path }) =>
    (runtime?.type !== "cli" && runtime?.type !== "acp") || runtime.cwd === undefined
      ? []
      : notItsOwn({ cwd: expandHome(runtime.cwd) }, [...path, "runtime", "cwd"], {
          home: expandHome("~"),
          stateDir
        })
  )

const wrongPermissions = (all: ReadonlyArray<Declared>): ReadonlyArray<Problem> =>
  all.flatMap(({ agent: { runtime }, path }) =>
    runtime?.type === "acp" && runtime.permissions !== undefined
      ? permissionProblems(runtime.permissions, [...path, "runtime", "permissions"])
      : []
  )

/** What the file says of agents that cannot be meant. */
export const agentProblems = (
  all: ReadonlyArray<Declared>,
  expandHome: ExpandHome,
  stateDir: string
): ReadonlyArray<Problem> => [
  ...repeated(all),
  ...withoutMemory(all),
  ...inOthersFolders(all, expandHome, stateDir),
  ...wrongPermissions(all)
]
