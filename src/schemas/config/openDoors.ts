/** Where more people are let in by an account than it seems. */
import { isWildcard } from "../AllowList.ts"
import type { AccountSettings } from "./resolved.ts"

/** Why every member of a group may trigger an agent; nothing where the config says who may, or that nobody may. */
export const whyGroupsAreOpen = ({
  allowFrom,
  groupAllowFrom,
  groupPolicy
}: Pick<AccountSettings, "allowFrom" | "groupAllowFrom" | "groupPolicy">): string | undefined => {
  if (groupPolicy === "open") return 'groupPolicy is "open"'
  if (groupPolicy === "disabled" || !(groupAllowFrom ?? allowFrom).some(isWildcard)) return undefined
  return groupAllowFrom === undefined
    ? 'groupPolicy is "allowlist", groupAllowFrom is not set, and allowFrom, which then counts, has "*"'
    : 'groupPolicy is "allowlist", and groupAllowFrom has "*"'
}

/** Whether a group is admitted that the config does not name. */
export const admitsAnyGroup = ({ groups }: Pick<AccountSettings, "groups">): boolean => {
  const named = Object.keys(groups)
  return named.length === 0 || named.includes("*")
}

/** Whether a group that the config does not name is answered without a mention. */
const needsNoMention = ({ groups }: AccountSettings): boolean => groups["*"]?.requireMention === false

/** A policy of groups that keeps nobody out: without mentions, or where it looks closed. */
const openGroups = (account: AccountSettings, why: string): ReadonlyArray<string> => {
  const everyone = `every member of ${admitsAnyGroup(account) ? "every group" : "the groups in groups"} can trigger an agent through account ${account.id}`
  if (needsNoMention(account)) return [`${everyone}: ${why} and groups.* has requireMention false`]
  return account.groupPolicy === "open" ? [] : [`${everyone} by a mention: ${why}`]
}

/** Strangers who are kept out of direct messages can still make a group, and mention the agent in it. */
const groupsOfStrangers = (account: AccountSettings, why: string): ReadonlyArray<string> => {
  const { allowFrom, dmPolicy, id } = account
  const isClosed = dmPolicy === "disabled" || (dmPolicy === "allowlist" && !allowFrom.some(isWildcard))
  return isClosed && admitsAnyGroup(account) && !needsNoMention(account)
    ? [
        `strangers are answered in groups by account ${id}: dmPolicy is "${dmPolicy}", but ${why}, so whoever makes a group with the account and mentions the agent is answered; ${account.groupPolicy === "open" ? 'set groupPolicy to "allowlist" or "disabled"' : 'take "*" out of the list'}, or name the groups that are answered in groups, without "*"`
      ]
    : []
}

/** A policy of direct messages that looks closed, and keeps nobody out. */
const everyoneInList = ({ allowFrom, dmPolicy, id }: AccountSettings): ReadonlyArray<string> =>
  (dmPolicy === "pairing" || dmPolicy === "allowlist") && allowFrom.some(isWildcard)
    ? [
        `everyone may write directly to account ${id}: allowFrom has "*", so dmPolicy "${dmPolicy}" keeps nobody out; take "*" out of allowFrom, or say "open"`
      ]
    : []

/** What is said of an account at start, and by `doctor`. */
export const warningsOf = (account: AccountSettings): ReadonlyArray<string> => {
  if (!account.enabled) return []
  const why = whyGroupsAreOpen(account)
  return [
    ...(why === undefined ? [] : [...openGroups(account, why), ...groupsOfStrangers(account, why)]),
    ...everyoneInList(account)
  ]
}
