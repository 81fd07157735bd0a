/**
 * Which hosts of a cluster may run what, as the engine has it: accounts and sessions belong to shard groups, and a host
 * takes part in those that it may run. What names the same hosts in the same order is in one group, which says so in its
 * name; so each host reads from the groups of the others what is preferred where.
 */
import type { AccountConfig, AgentConfig, GatewayConfig } from "./Config.ts"

/** How many shards each group has. Part of what is stored: with fewer, messages on the others would be read by nobody. */
export const SHARDS = 32

/** Sessions that may run on any host. */
const SESSIONS = "default"
/** Accounts that may run on any host. */
const ACCOUNTS = "accounts"

const CHOSEN = "runs:"
const HOST = "host:"

type Who = Pick<AccountConfig | AgentConfig, "runsOn">

const groupOf = ({ runsOn }: Who, anywhere: string): string =>
  runsOn === undefined ? anywhere : `${CHOSEN}${runsOn.join(",")}`

/** Whether a host may run it; one process by itself (`here` has no name) runs everything. */
export const mayRunOn = (here: string | undefined, { runsOn }: Who): boolean =>
  here === undefined || runsOn === undefined || runsOn.includes(here)

/** The hosts that a group may run on, the preferred one first; nothing where any may. */
export const hostsOfGroup = (group: string): ReadonlyArray<string> | undefined =>
  group.startsWith(CHOSEN) ? group.slice(CHOSEN.length).split(",") : undefined

export const groupOfAccount = (account: Pick<AccountConfig, "runsOn">): string => groupOf(account, ACCOUNTS)

/** The agent of a session key (`agent:<id>:…`); nothing where it is no session's. */
const agentOf = (sessionKey: string): string | undefined => /^agent:([^:]+):/u.exec(sessionKey)?.[1]

type Hosted = Pick<GatewayConfig, "accounts" | "agents">

/** The group of a session, by its key; nothing where the config has not its agent, which another host's may have. */
export const knownGroupOfSession = ({ agents }: Hosted): ((sessionKey: string) => string | undefined) => {
  const groups = new Map(agents.list.map((agent) => [agent.id, groupOf(agent, SESSIONS)]))
  return (sessionKey) => groups.get(agentOf(sessionKey) ?? "")
}

/** The group of a session, by its key. One of an agent that the config has not runs on any host. */
export const groupOfSession = (config: Hosted): ((sessionKey: string) => string) => {
  const known = knownGroupOfSession(config)
  return (sessionKey) => known(sessionKey) ?? SESSIONS
}

/** All groups of a config, each once, sorted. */
export const shardGroupsOf = ({ accounts, agents }: Hosted): ReadonlyArray<string> =>
  [
    ...new Set([
      SESSIONS,
      ACCOUNTS,
      ...accounts.map(groupOfAccount),
      ...agents.list.map((agent) => groupOf(agent, SESSIONS))
    ])
  ].sort()

/** The groups that a host may run. */
export const groupsOfHost = (config: Hosted, name: string): ReadonlyArray<string> =>
  shardGroupsOf(config).filter((group) => hostsOfGroup(group)?.includes(name) ?? true)

/** A group of nothing, which says the name of the host that takes part in it. */
export const nameGroup = (name: string): string => `${HOST}${name}`

/** The name that a host says by its groups. */
export const nameIn = (groups: ReadonlyArray<string>): string | undefined =>
  groups.find((group) => group.startsWith(HOST))?.slice(HOST.length)

/** The groups of a host that are something to run. */
export const withoutName = (groups: ReadonlyArray<string>): ReadonlyArray<string> =>
  groups.filter((group) => !group.startsWith(HOST))
