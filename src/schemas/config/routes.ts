/** Makes the agents, and checks that what names an agent names one that exists. */
import { Array as Arr } from "effect"
import { seen } from "../seen.ts"
import type { ExpandHome, Resolved } from "./accounts.ts"
import {
  type AgentsSection,
  agentKeys,
  agentsSectionKeys,
  type MessagesSection,
  type Model,
  memoryKeys
} from "./agents.ts"
import { type Agent, agentProblems, declared, isModel, isRemembering } from "./declaredAgents.ts"
import type { ImessageSection } from "./imessage.ts"
import { permissionKeys } from "./permissions.ts"
import type { KeyPath, Problem } from "./problems.ts"
import type { AgentConfig, AgentRuntime } from "./resolved.ts"
import { resolveAcp } from "./runtimes/acp.ts"
import { resolveCli } from "./runtimes/cli.ts"
import { commandKeys } from "./runtimes/command.ts"
import { anthropicKeys, openaiKeys } from "./runtimes/models.ts"
import { webhookKeys } from "./runtimes/webhook.ts"
import { settle } from "./section.ts"
import { withoutSlash } from "./values.ts"

const resolveRuntime = (runtime: NonNullable<Agent["runtime"]>, expandHome: ExpandHome): AgentRuntime => {
  switch (runtime.type) {
    case "echo":
      return runtime
    case "command":
      return {
        ...runtime,
        ...settle(commandKeys, [runtime]),
        ...(runtime.cwd === undefined ? {} : { cwd: expandHome(runtime.cwd) })
      }
    case "openai":
      return { ...runtime, ...settle(openaiKeys, [runtime]), baseUrl: withoutSlash(runtime.baseUrl) }
    case "anthropic": {
      const settled = settle(anthropicKeys, [runtime])
      return { ...runtime, ...settled, baseUrl: withoutSlash(settled.baseUrl) }
    }
    case "cli":
      return resolveCli(runtime, expandHome)
    case "acp":
      return resolveAcp(runtime, expandHome)
    case "webhook":
      return { ...runtime, ...settle(webhookKeys, [runtime]) }
  }
}

/** Servers whose models are known to read more than a small model at home. */
const KNOWN_SERVERS = ["api.openai.com", "openrouter.ai", "api.anthropic.com"]

/** How many tokens a question may have where nothing is said of it. */
const UNKNOWN_CONTEXT = 3000
const KNOWN_CONTEXT = 16_000

const contextOf = (runtime: AgentRuntime): number =>
  "baseUrl" in runtime && KNOWN_SERVERS.includes(new URL(runtime.baseUrl).hostname)
    ? KNOWN_CONTEXT
    : UNKNOWN_CONTEXT

const resolveMemory = (memory: Agent["memory"], runtime: AgentRuntime): Pick<AgentConfig, "memory"> => {
  if (memory === false || !isRemembering(runtime)) return {}
  return { memory: { contextTokens: contextOf(runtime), ...settle(memoryKeys, [memory]) } }
}

const modelName = (model: Model | undefined): string | undefined => {
  const name = (typeof model === "string" ? model : model?.primary)?.trim()
  return name === "" ? undefined : name
}

const resolveAgent = (
  agent: Agent,
  isDefault: boolean,
  section: AgentsSection,
  messages: MessagesSection,
  expandHome: ExpandHome
): AgentConfig => {
  const settled = settle(agentKeys, [agent])
  const runtime = resolveRuntime(settled.runtime, expandHome)
  const model =
    modelName(agent.model) ??
    modelName("model" in runtime ? runtime.model : undefined) ??
    modelName(section.defaults?.model)
  // Where nothing is seen of a name nobody can write it, and all that people write has it.
  const name = [agent.name, agent.identity?.name?.trim()].find((one = "") => seen(one).trim() !== "")
  const mentionPatterns = agent.groupChat?.mentionPatterns ?? messages.groupChat?.mentionPatterns
  return {
    id: agent.id,
    ...(name === undefined ? {} : { name }),
    isDefault,
    ...(model === undefined ? {} : { model }),
    ...(mentionPatterns === undefined ? {} : { mentionPatterns }),
    runtime,
    ...(settled.runtime.type === "acp"
      ? { permissions: settle(permissionKeys, [settled.runtime.permissions]) }
      : {}),
    ...(agent.systemPrompt === undefined ? {} : { systemPrompt: agent.systemPrompt }),
    ...resolveMemory(agent.memory, runtime),
    markdown: agent.markdown ?? (isModel(runtime) ? "plain" : "keep"),
    mediaRoots: settled.mediaRoots.map(expandHome),
    mediaHosts: settled.mediaHosts,
    onReaction: settled.onReaction,
    maxParts: settled.maxParts,
    groupActions: settled.groupActions,
    ...(agent.runsOn === undefined ? {} : { runsOn: agent.runsOn })
  }
}

/** Resolves `agents`. Without any there is one, `main`, which echoes. */
export const resolveAgents = (
  section: AgentsSection,
  messages: MessagesSection,
  expandHome: ExpandHome,
  stateDir: string
): Resolved<{ readonly list: Arr.NonEmptyReadonlyArray<AgentConfig>; readonly maxConcurrent: number }> => {
  const all = declared(section)
  const list = all.map(({ agent }) => agent)
  const maxConcurrent = settle(agentsSectionKeys, [section]).maxConcurrent
  const chosen = list.findIndex((agent) => agent.default === true)
  const agents = Arr.isNonEmptyReadonlyArray(list) ? list : Arr.of<Agent>({ id: "main" })
  const echoing = list.flatMap((agent) => (agent.runtime === undefined ? [agent.id] : []))
  return {
    value: {
      list: Arr.map(agents, (agent, at) =>
        resolveAgent(agent, at === Math.max(chosen, 0), section, messages, expandHome)
      ),
      maxConcurrent
    },
    problems: agentProblems(all, expandHome, stateDir),
    warnings: [
      ...(list.length === 0
        ? ['agents.list is empty: one agent "main" answers with an echo of what it is told']
        : []),
      ...(echoing.length === 0
        ? []
        : [
            `these agents have no runtime and answer with an echo of what they are told: ${echoing.join(", ")}`
          ])
    ]
  }
}

/** The problem of an agent's id, at `path`, that no agent has. */
export const unknownAgent = (
  id: string | undefined,
  path: KeyPath,
  agents: ReadonlyArray<AgentConfig>
): ReadonlyArray<Problem> =>
  id === undefined || agents.some((agent) => agent.id === id)
    ? []
    : [{ path, message: `there is no agent "${id}"; the agents are: ${agents.map((a) => a.id).join(", ")}` }]

/** The problems of `imessage`, at `path` in the file, whose groups name agents that do not exist. */
export const groupsWithoutAgent = (
  section: ImessageSection,
  path: KeyPath,
  agents: ReadonlyArray<AgentConfig>
): ReadonlyArray<Problem> =>
  [
    { path, groups: section.groups },
    ...Object.entries(section.accounts ?? {}).map(([id, { groups }]) => ({
      path: [...path, "accounts", id],
      groups
    }))
  ].flatMap((owner) =>
    Object.entries(owner.groups ?? {}).flatMap(([chat, group]) =>
      unknownAgent(group.agentId, [...owner.path, "groups", chat, "agentId"], agents)
    )
  )
