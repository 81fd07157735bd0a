/** Which agent a chat belongs to. */
import type { AccountConfig, BindingConfig, GatewayConfig } from "../../schemas/Config.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import { groupSettings } from "../../schemas/GroupSettings.ts"
import type { Target } from "../../schemas/Target.ts"

/** Whether a target is the sender or the chat of an envelope. */
const names = (target: Target, envelope: Envelope): boolean => {
  switch (target._tag) {
    case "ChatId":
      return target.chatId === envelope.chatId
    case "ChatGuid":
      return target.chatGuid === envelope.chatGuid
    case "ChatIdentifier":
      return target.chatIdentifier === envelope.chatIdentifier
    case "Handle":
      return target.handle === envelope.sender
  }
}

const matches = ({ peer }: BindingConfig, envelope: Envelope, isGroup: boolean): boolean =>
  peer === undefined || ((peer.kind === "group") === isGroup && names(peer.target, envelope))

/** The id of the agent that a chat belongs to: the group's own, else the most specific binding's, else the default. */
export const agentFor = (
  config: GatewayConfig,
  account: AccountConfig,
  envelope: Envelope,
  isGroup: boolean
): string => {
  const own =
    isGroup && envelope.chatId !== undefined ? groupSettings(account, envelope.chatId).agentId : undefined
  if (own !== undefined) return own
  const binding = account.bindings.find((each) => matches(each, envelope, isGroup))
  const fallback = config.agents.list.find((agent) => agent.isDefault) ?? config.agents.list[0]
  return binding?.agentId ?? fallback.id
}
