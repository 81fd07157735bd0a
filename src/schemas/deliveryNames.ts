/** What deliveries are called by who has something sent, and so whose messages they are to change. */
import { callerKey, type Grant, isAdmin, NO_CHAT } from "./Grant.ts"

/** How the deliveries of an account begin that a caller has sent by hand: a name of one says nothing of those of another. */
export const handPrefix = (accountId: string, grant: Grant): string =>
  isAdmin(grant) ? `send:${accountId}:` : `send-for:${callerKey(grant)}:${accountId}:`

/** How those begin that a caller has sent and done by tools. */
export const toolPrefix = (accountId: string, grant: Grant): string =>
  `tool:${encodeURIComponent(accountId)}:${callerKey(grant)}:`

/** What stands behind a prefix, where it has no prefix of its own: a caller in one chat is called as one of all, and more. */
const isOneNameBehind = (id: string, prefix: string): boolean =>
  id.startsWith(prefix) && !id.slice(prefix.length).includes(":")

/** Whether a delivery is one that a caller has had sent or done by tools. */
export const isByTool = (id: string, accountId: string, grant: Grant): boolean =>
  isOneNameBehind(id, toolPrefix(accountId, grant))

/**
 * Whether a delivery is what a turn said, or a later piece of it: it is called as its first message is. All that the gateway
 * says beside has a word before that, so that it has one more colon, also of an account that is called as such a word.
 */
const isOfTurn = (id: string, accountId: string): boolean => isOneNameBehind(id, `${accountId}:`)

/**
 * Whether a caller may change, in a chat that it may write to, what a delivery said there: an agent what turns of the chat
 * answered and what it sent there by tools, a token what it sent, and who may do everything all of it.
 */
export const mayChange = (id: string, accountId: string, grant: Grant): boolean => {
  if (isAdmin(grant) || isByTool(id, accountId, grant)) return true
  return grant.by?._tag === "Agent" ? isOfTurn(id, accountId) : id.startsWith(handPrefix(accountId, grant))
}

/** What an agent may do that answers in a chat; without a number of Messages it has no chat for its tools. */
export const answering = (agentId: string, accountId: string, chatId: number | undefined): Grant => ({
  scopes: ["chat"],
  only: chatId === undefined ? NO_CHAT : { accountId, chatId },
  by: { _tag: "Agent", agentId }
})
