/** Agents that strangers could have ask for leave, or have leave given: refused unless the config says that it is meant. */
import { isWildcard } from "../AllowList.ts"
import { admitsAnyGroup, whyGroupsAreOpen } from "./openDoors.ts"
import { type KeyPath, type Problem, renderPath } from "./problems.ts"
import type { AccountConfig, AgentConfig } from "./resolved.ts"

/** Where things stand in the file. */
export interface Places {
  /** Of the `permissions` of an agent, by its id. */
  readonly permissions: (agentId: string) => KeyPath
  /** Of the `groups` which an account has its `"*"` from. */
  readonly groups: (accountId: string) => KeyPath
}

/** What of an agent's permissions is above `deny`: the path in them of the first. */
const aboveDeny = ({ permissions }: AgentConfig): KeyPath | undefined => {
  if (permissions === undefined) return undefined
  if (permissions.default !== "deny") return ["default"]
  const at = permissions.rules.findIndex(({ action }) => action !== "deny")
  return at === -1 ? undefined : ["rules", at, "action"]
}

/** Why anybody may write to an account directly; nothing where somebody decides who may. */
const whyOpen = ({ allowFrom, dmPolicy }: AccountConfig): string | undefined => {
  if (dmPolicy === "open") return 'dmPolicy is "open"'
  return dmPolicy !== "disabled" && allowFrom.some(isWildcard) ? 'allowFrom has "*"' : undefined
}

/** The agent that answers whom no binding names: strangers. */
const agentOfStrangers = ({ bindings }: AccountConfig, agents: ReadonlyArray<AgentConfig>) => {
  const bound = bindings.find(({ peer }) => peer === undefined)?.agentId
  return agents.find(({ id, isDefault }) => (bound === undefined ? isDefault : id === bound))
}

const isUnacknowledged = (agent: AgentConfig | undefined): agent is AgentConfig =>
  agent?.permissions !== undefined && !agent.permissions.acknowledgeOpen

const acknowledge = (agent: AgentConfig, { permissions }: Places): string =>
  `or, where that is meant, set ${renderPath([...permissions(agent.id), "acknowledgeOpen"])} to true`

const inDirectChats = (
  account: AccountConfig,
  agents: ReadonlyArray<AgentConfig>,
  places: Places
): ReadonlyArray<Problem> => {
  const why = whyOpen(account)
  const agent = agentOfStrangers(account, agents)
  if (why === undefined || !isUnacknowledged(agent)) return []
  const above = aboveDeny(agent)
  return above === undefined
    ? []
    : [
        {
          path: [...places.permissions(agent.id), ...above],
          message: `anybody can write to agent ${agent.id} through account ${account.id} (${why}), and what they write would decide what it asks for; use "deny", let an allow list or pairing say who may write, ${acknowledge(agent, places)}`
        }
      ]
}

/** Whoever makes a group with the account is in one that the config does not name. */
const inGroups = (
  account: AccountConfig,
  agents: ReadonlyArray<AgentConfig>,
  places: Places
): ReadonlyArray<Problem> => {
  const everyGroup = account.groups["*"]
  const why = whyGroupsAreOpen(account)
  const permitted = everyGroup?.permissions
  if (why === undefined || permitted === undefined || permitted === "deny" || !admitsAnyGroup(account)) {
    return []
  }
  const named = agents.find(({ id }) => id === everyGroup?.agentId)
  const agent = named ?? agentOfStrangers(account, agents)
  return isUnacknowledged(agent)
    ? [
        {
          path: [...places.groups(account.id), "*", "permissions"],
          message: `whoever makes a group with account ${account.id} can have agent ${agent.id} work for them there (${why}); say it of the groups that are meant, by name, ${acknowledge(agent, places)}`
        }
      ]
    : []
}

/** What lets strangers at what agents may do. Accounts that are disabled are not looked at. */
export const openPermissions = (
  agents: ReadonlyArray<AgentConfig>,
  accounts: ReadonlyArray<AccountConfig>,
  places: Places
): ReadonlyArray<Problem> =>
  accounts
    .filter(({ enabled }) => enabled)
    .flatMap((account) => [...inDirectChats(account, agents, places), ...inGroups(account, agents, places)])
