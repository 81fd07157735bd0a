/** Whether a chat is a group, and the names of sessions. */
import type { AccountConfig } from "../../schemas/Config.ts"
import type { DmScope } from "../../schemas/config/session.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import { type ChatNames, isNamed } from "../../schemas/GroupSettings.ts"

/** Whether it is worth a look if a chat counts as a group. */
export const mayBeGroup = ({ groups }: AccountConfig, { isGroup }: Envelope): boolean =>
  isGroup || Object.keys(groups).some((key) => key !== "*")

/** Whether a chat counts as a group: Messages says so, or the config names it, now or as what it was before. */
export const isGroupChat = (
  account: AccountConfig,
  { isGroup }: Envelope,
  chats: ReadonlyArray<ChatNames>
): boolean => isGroup || isNamed(account, chats)

/** The session of direct messages. */
export const directSession = (
  agentId: string,
  { accountId, peer, scope }: { readonly accountId: string; readonly peer: string; readonly scope: DmScope }
): string => {
  switch (scope) {
    case "main":
      return `agent:${agentId}:main`
    case "per-peer":
      return `agent:${agentId}:direct:${peer}`
    case "per-channel-peer":
      return `agent:${agentId}:imessage:direct:${peer}`
    case "per-account-channel-peer":
      return `agent:${agentId}:imessage:${accountId}:direct:${peer}`
  }
}

/** The session of a group, by what stands for it: `group:<chat_id>`, with its account before that where needed. */
export const groupSession = (agentId: string, name: string): string => `agent:${agentId}:imessage:${name}`
