/** Which agent a chat belongs to, and the name of its session. */
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import { groupSettings } from "../../schemas/GroupSettings.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"

type Binding = GatewayConfig["bindings"][number]

/** A chat is a group where Messages says so, and where the config names its chat_id. */
export const isGroupChat = (account: AccountConfig, envelope: Envelope): boolean =>
  envelope.isGroup || account.groups[String(envelope.chatId)] !== undefined

/** How exactly a binding matches, or -1 where it does not: a peer counts more than an account. */
const specificity = (
  binding: Binding,
  account: AccountConfig,
  envelope: Envelope,
  isGroup: boolean
): number => {
  const { accountId, peer } = binding.match
  if (accountId !== undefined && accountId !== account.id) return -1
  if (peer === undefined) return accountId === undefined ? 0 : 1
  if ((peer.kind === "group") !== isGroup) return -1
  const names = isGroup
    ? peer.id === String(envelope.chatId)
    : normaliseHandle(peer.id, account.region) === envelope.sender
  return names ? (accountId === undefined ? 2 : 3) : -1
}

/** The id of the agent that a chat belongs to: the group's own, else the most specific binding's, else the default. */
export const agentFor = (
  config: GatewayConfig,
  account: AccountConfig,
  envelope: Envelope,
  isGroup: boolean
): string => {
  const own = isGroup ? groupSettings(account, envelope.chatId).agentId : undefined
  if (own !== undefined) return own
  let best: { readonly agentId: string; readonly score: number } | undefined
  for (const binding of config.bindings) {
    const score = specificity(binding, account, envelope, isGroup)
    if (score > (best?.score ?? -1)) best = { agentId: binding.agentId, score }
  }
  const fallback = config.agents.list.find((agent) => agent.isDefault) ?? config.agents.list[0]
  return best?.agentId ?? fallback.id
}

/** `agent:<id>:main` for direct messages, `agent:<id>:imessage:group:<chat_id>` for a group. */
export const sessionKey = (agentId: string, chatId: number, isGroup: boolean): string =>
  isGroup ? `agent:${agentId}:imessage:group:${chatId}` : `agent:${agentId}:main`
