/** What people, chats, accounts and agents are called. Pure: names come from the config, and from Messages. */
import type { AgentReport, ChatRecord, ConfigReport } from "../schemas/control/Records.ts"
import type { AccountReport } from "../schemas/control/Status.ts"

/** What is known of names; empty lists before it is. */
export interface Names {
  readonly people: ConfigReport["people"]
  readonly chats: ReadonlyArray<ChatRecord>
  readonly accounts: ReadonlyArray<Pick<AccountReport, "id" | "name">>
  readonly agents: ReadonlyArray<Pick<AgentReport, "id" | "name">>
}

/** Names of a group's members that are told; the others are counted. */
const MOST_MEMBERS = 3

const named = (
  ones: ReadonlyArray<{ readonly id: string; readonly name: string | null }>,
  id: string
): string => ones.find((one) => one.id === id)?.name ?? id

export const accountName = ({ accounts }: Names, id: string): string => named(accounts, id)
export const agentName = ({ agents }: Names, id: string): string => named(agents, id)

/** A person by the name that the config gives them, else that of Messages, else their handle. */
export const personName = ({ chats, people }: Names, handle: string): string =>
  people.find(({ handles }) => handles.includes(handle))?.name ??
  chats.find(
    ({ isGroup, name, participants }) => !isGroup && name !== undefined && participants.includes(handle)
  )?.name ??
  handle

/** Whether a name is another than the handle, which is then told beside it. */
export const isNamed = (names: Names, handle: string): boolean => personName(names, handle) !== handle

/** A chat by who is in it. */
export const chatName = (names: Names, chat: ChatRecord): string => {
  const { id, identifier, isGroup, name, participants } = chat
  const [only] = participants
  if (!isGroup && only !== undefined) return personName(names, only)
  if (name !== undefined) return name
  const members = participants.map((one) => personName(names, one))
  if (members.length === 0) return identifier ?? `chat ${id}`
  const others = members.length - MOST_MEMBERS
  return `${members.slice(0, MOST_MEMBERS).join(", ")}${others > 0 ? ` and ${others} more` : ""}`
}

/** The chat that a target of an account leads to, where Messages has told of it. */
export const chatOfTarget = (
  { chats }: Pick<Names, "chats">,
  accountId: string,
  target: string
): ChatRecord | undefined =>
  chats.find(
    (chat) =>
      chat.accountId === accountId &&
      (target === `chat_id:${chat.id}` ||
        (chat.guid !== undefined && target === `chat_guid:${chat.guid}`) ||
        (chat.identifier !== undefined && target === `chat_identifier:${chat.identifier}`))
  )

/** The handle that a target leads to, if it leads to one. */
export const handleOf = (target: string): string => target.replace(/^(?:imessage|sms|auto):/u, "")

/** Where a reply goes, by name: a chat, a person, or the target itself. */
export const targetName = (names: Names, accountId: string, target: string): string => {
  const chat = chatOfTarget(names, accountId, target)
  return chat === undefined ? personName(names, handleOf(target)) : chatName(names, chat)
}
