/** The settings of one group: its own over those of `"*"`. */
import type { AccountConfig, GroupConfig } from "./Config.ts"

export const groupSettings = (account: AccountConfig, chatId: number): GroupConfig => ({
  ...account.groups["*"],
  ...account.groups[String(chatId)]
})

/** How many messages are kept of a group as context; 0 for none. */
export const historyLimit = (account: AccountConfig, chatId: number): number =>
  groupSettings(account, chatId).historyLimit ?? account.historyLimit
