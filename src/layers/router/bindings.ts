/** Which agent a chat belongs to. */
import { Array as Arr } from "effect"
import type { AccountConfig, BindingConfig, GatewayConfig } from "../../schemas/Config.ts"
import { namesChat } from "../../schemas/chatGuid.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import { type ChatNames, groupSettings } from "../../schemas/GroupSettings.ts"
import type { Target } from "../../schemas/Target.ts"
import type { Guises } from "./names.ts"

/**
 * Whether a target is the sender or the chat of an envelope. Where Messages does not say by which service somebody wrote,
 * a target of one service does not name them.
 */
const names = (target: Target, envelope: Envelope): boolean => {
  switch (target._tag) {
    case "ChatId":
      return target.chatId === envelope.chatId
    case "ChatGuid":
      return envelope.chatGuid !== undefined && namesChat(target.chatGuid, envelope.chatGuid, envelope.via)
    case "ChatIdentifier":
      return target.chatIdentifier === envelope.chatIdentifier
    case "Handle":
      return (
        target.handle === envelope.sender && (target.service === "auto" || target.service === envelope.via)
      )
  }
}

const matches = ({ peer }: BindingConfig, guises: Guises, isGroup: boolean): boolean =>
  peer === undefined ||
  ((peer.kind === "group") === isGroup && Arr.some(guises, (guise) => names(peer.target, guise)))

/**
 * The id of the agent that a chat belongs to: the group's own, else the most specific binding's, else the default.
 * `group` are the chats of a group, none for a direct chat.
 */
export const agentFor = (
  config: GatewayConfig,
  account: AccountConfig,
  guises: Guises,
  group: ReadonlyArray<ChatNames> | undefined
): string => {
  const own = group === undefined ? undefined : groupSettings(account, group).agentId
  if (own !== undefined) return own
  const binding = account.bindings.find((each) => matches(each, guises, group !== undefined))
  const fallback = config.agents.list.find((agent) => agent.isDefault) ?? config.agents.list[0]
  return binding?.agentId ?? fallback.id
}
