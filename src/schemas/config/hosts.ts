/** Which hosts of a cluster the file has accounts and agents run on, and what cannot be meant. */

import type { Resolved } from "./accounts.ts"
import type { AgentsSection } from "./agents.ts"
import { type ClusterSection, isOnlyItself, resolveCluster } from "./cluster.ts"
import { pathOfAgent } from "./declaredAgents.ts"
import type { ImessageSection } from "./imessage.ts"
import { type KeyPath, type Problem, renderPath } from "./problems.ts"
import type { AccountSettings, AgentConfig, GatewayConfig } from "./resolved.ts"

/** Whether an account's `imsg` is on another machine, as far as the file alone says it: the same on every host. */
const isOverSsh = ({ cliPath, remoteHost }: AccountSettings): boolean =>
  remoteHost !== undefined || /^(?:\S*\/)?ssh\s/u.test(cliPath)

/** The sections of the file that name hosts; `imessage` stands at `path`. */
interface Said {
  readonly cluster: ClusterSection | undefined
  readonly imessage: ImessageSection
  readonly path: KeyPath
  readonly agents: AgentsSection
}

/** `runsOn` where there is nothing to choose; what several accounts have from one place is named once. */
const withoutCluster = (
  { agents: section, imessage, path }: Said,
  accounts: ReadonlyArray<AccountSettings>,
  agents: ReadonlyArray<AgentConfig>
): ReadonlyArray<Problem> => {
  const named = [
    ...accounts.flatMap(({ id, runsOn }) => {
      if (runsOn === undefined) return []
      const isOwn = imessage.accounts?.[id]?.runsOn !== undefined
      return [[...path, ...(isOwn ? ["accounts", id] : []), "runsOn"]]
    }),
    ...agents.flatMap(({ id, runsOn }) =>
      runsOn === undefined ? [] : [[...pathOfAgent(section, id), "runsOn"]]
    )
  ]
  return [...new Map(named.map((path) => [renderPath(path), path])).values()].map((path) => ({
    path,
    message: "names hosts, but without `cluster` this host is the only one; leave it out, or add `cluster`"
  }))
}

/** What the file says of hosts that cannot be meant. */
const hostProblems = (
  said: Said,
  accounts: ReadonlyArray<AccountSettings>,
  agents: ReadonlyArray<AgentConfig>
): ReadonlyArray<Problem> =>
  said.cluster === undefined
    ? withoutCluster(said, accounts, agents)
    : accounts.flatMap((account) =>
        account.enabled && account.runsOn === undefined && !isOverSsh(account)
          ? [
              {
                path: [
                  ...said.path,
                  ...(said.imessage.accounts === undefined ? [] : ["accounts", account.id]),
                  "runsOn"
                ],
                message: `is missing: account ${account.id} is not reached over SSH, so it can run only where its Mac is; name that host, as in ["studio"], or say remoteHost where cliPath is a wrapper that leads to a Mac over SSH`
              }
            ]
          : []
      )

/** What is said at start of hosts that were chosen. */
const accountWarnings = (accounts: ReadonlyArray<AccountSettings>): ReadonlyArray<string> =>
  accounts.flatMap((account) =>
    account.enabled && (account.runsOn?.length ?? 0) > 1 && !isOverSsh(account)
      ? [
          `account ${account.id} runs on ${account.runsOn?.join(", then ")}, and its imsg is not reached over SSH: each of these hosts reads the Messages of its own Mac, which are another account's unless it is the same one; name one host, or reach the Mac over SSH`
        ]
      : []
  )

/** What is said at start of where this host is. */
const addressWarnings = ({ cluster }: Pick<GatewayConfig, "cluster">): ReadonlyArray<string> =>
  cluster !== undefined && isOnlyItself(cluster.address.host)
    ? [
        `cluster.address is ${cluster.address.host}, at which only hosts on this machine reach this one; name it as the other machines do`
      ]
    : []

/** Resolves `cluster`, and judges who is to run on which of its hosts. */
export const resolveHosts = (
  said: Said,
  accounts: ReadonlyArray<AccountSettings>,
  agents: ReadonlyArray<AgentConfig>
): Resolved<Pick<GatewayConfig, "cluster">> => {
  const value = said.cluster === undefined ? {} : resolveCluster(said.cluster)
  return {
    value,
    problems: hostProblems(said, accounts, agents),
    warnings: [...accountWarnings(accounts), ...addressWarnings(value)]
  }
}
