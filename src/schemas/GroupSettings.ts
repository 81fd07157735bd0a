/** The settings of one group: its own over those of `"*"`. */
import type { AccountConfig, GroupConfig } from "./Config.ts"
import { byId, byIdentifier, keysOfGuid } from "./config/groupKeys.ts"

/** A chat by all that it is called. */
export interface ChatNames {
  readonly chatId: number
  readonly chatGuid?: string
  readonly chatIdentifier?: string
}

const keysOf = ({ chatGuid, chatId, chatIdentifier }: ChatNames): ReadonlyArray<string> => [
  byId(chatId),
  ...(chatIdentifier === undefined ? [] : [byIdentifier(chatIdentifier)]),
  ...(chatGuid === undefined ? [] : keysOfGuid(chatGuid))
]

/** What the config says of a group itself, by the first of its chats that it names. */
const ownSettings = (
  { groups }: Pick<AccountConfig, "groups">,
  chats: ReadonlyArray<ChatNames>
): GroupConfig | undefined => {
  const key = chats.flatMap(keysOf).find((name) => Object.hasOwn(groups, name))
  return key === undefined ? undefined : groups[key]
}

/** Whether the config names one of the chats that a group is or was. */
export const isNamed = (account: Pick<AccountConfig, "groups">, chats: ReadonlyArray<ChatNames>): boolean =>
  ownSettings(account, chats) !== undefined

/** The settings of a group, whose chat of now comes first. */
export const groupSettings = (
  account: Pick<AccountConfig, "groups">,
  chats: ReadonlyArray<ChatNames>
): GroupConfig => ({ ...account.groups["*"], ...ownSettings(account, chats) })

/** How many messages are kept of a group as context; 0 for none. */
export const historyLimit = (account: AccountConfig, chats: ReadonlyArray<ChatNames>): number =>
  groupSettings(account, chats).historyLimit ?? account.historyLimit
