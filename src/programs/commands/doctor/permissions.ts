/** Whether somebody can answer the agents that ask for leave. Pure. */
import type { AgentConfig, GatewayConfig } from "../../../schemas/Config.ts"
import { agentPlace } from "./agentPlace.ts"
import { type Check, ok, type Place, warning } from "./Check.ts"

const place = (agent: AgentConfig): Place => ({ ...agentPlace(agent), title: `Leave for ${agent.id}` })

/** Whether an owner is asked about anything, here or in a group. */
const asksOwners = ({ permissions }: AgentConfig, { accounts }: GatewayConfig): boolean =>
  permissions !== undefined &&
  (permissions.default === "ask" ||
    permissions.rules.some(({ action }) => action === "ask") ||
    accounts.some(({ groups }) => Object.values(groups).some((group) => group.permissions === "ask")))

/** Why an account cannot ask owners, or they cannot answer it. */
const whyNot = ({ dmPolicy, services }: GatewayConfig["accounts"][number]): string | undefined => {
  if (!services.includes("imessage")) return "is not set to iMessage, by which alone owners are asked"
  return dmPolicy === "disabled" ? "answers nobody directly, so that owners cannot answer it" : undefined
}

const checkOf = (agent: AgentConfig, config: GatewayConfig): ReadonlyArray<Check> => {
  if (config.owners.length === 0) {
    return [
      warning(
        place(agent),
        "owners are to be asked, and there is none: all of it is refused",
        'List your own phone number or email address in owners, or say "deny" or rules instead of "ask".'
      )
    ]
  }
  const deaf = config.accounts.flatMap((account) => {
    const why = account.enabled ? whyNot(account) : undefined
    return why === undefined ? [] : [`account ${account.id} ${why}`]
  })
  if (deaf.length > 0) {
    return [
      warning(
        place(agent),
        deaf.join("; "),
        "What is asked there has to be answered on the web page, or by `imsg-gateway permissions allow CODE`."
      )
    ]
  }
  return config.messages.commands
    ? [ok(place(agent), `owners are asked: ${config.owners.join(", ")}`)]
    : [
        warning(
          place(agent),
          "messages.commands is false: owners are asked, and cannot answer in the chat",
          "Set it to true, or answer on the web page or by `imsg-gateway permissions allow CODE`."
        )
      ]
}

/** A check of each agent for which owners are asked. */
export const permissionChecks = (config: GatewayConfig): ReadonlyArray<Check> =>
  config.agents.list.flatMap((agent) => (asksOwners(agent, config) ? checkOf(agent, config) : []))
