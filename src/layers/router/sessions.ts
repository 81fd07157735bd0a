/** Whether a chat is a group, and the name of its session. */
import type { AccountConfig } from "../../schemas/Config.ts"
import type { Envelope } from "../../schemas/Envelope.ts"

/** The chat_id of a group; none for a direct chat. A chat that the config names is a group whatever Messages says. */
export const groupIdOf = (account: AccountConfig, { chatId, isGroup }: Envelope): number | undefined =>
  isGroup || account.groups[String(chatId)] !== undefined ? chatId : undefined

/** `agent:<id>:main` for direct messages, `agent:<id>:imessage:group:<chat_id>` for a group. */
export const sessionKey = (agentId: string, groupId: number | undefined): string =>
  groupId === undefined ? `agent:${agentId}:main` : `agent:${agentId}:imessage:group:${groupId}`
