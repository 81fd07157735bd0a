/** Makes the accounts of the section `imessage`: its options are the defaults, those of an account win. */
import { type AccountOptions, accountDefaults, type ImessageSection } from "./imessage.ts"
import type { KeyPath, Problem } from "./problems.ts"
import type { AccountConfig } from "./resolved.ts"

/** Expands `~` at the start of a path to the home folder. */
export type ExpandHome = (path: string) => string

/** What a part of the config came to. */
export interface Resolved<A> {
  readonly value: A
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<string>
}

const merge = (
  id: string,
  shared: AccountOptions,
  own: AccountOptions,
  expandHome: ExpandHome
): AccountConfig => {
  const merged = { ...accountDefaults, ...shared, ...own }
  const { supervision, catchUp, delivery, pairing } = accountDefaults
  return {
    id,
    ...merged,
    enabled: (shared.enabled ?? true) && (own.enabled ?? true),
    region: merged.region.toUpperCase(),
    cliPath: expandHome(merged.cliPath),
    ...(merged.dbPath === undefined ? {} : { dbPath: expandHome(merged.dbPath) }),
    attachmentRoots: merged.attachmentRoots.map(expandHome),
    groups: { ...shared.groups, ...own.groups },
    supervision: {
      ...supervision,
      ...shared.supervision,
      ...own.supervision,
      backoff: { ...supervision.backoff, ...shared.supervision?.backoff, ...own.supervision?.backoff }
    },
    catchUp: { ...catchUp, ...shared.catchUp, ...own.catchUp },
    delivery: { ...delivery, ...shared.delivery, ...own.delivery },
    pairing: { ...pairing, ...shared.pairing, ...own.pairing }
  }
}

const openWithoutWildcard = (account: AccountConfig, path: KeyPath): ReadonlyArray<Problem> =>
  account.enabled && account.dmPolicy === "open" && !account.allowFrom.includes("*")
    ? [
        {
          path,
          message: `"open" admits every stranger and needs "*" in allowFrom (account ${account.id}); add it, or use pairing, allowlist or disabled`
        }
      ]
    : []

const sameDatabase = (
  account: AccountConfig,
  earlier: ReadonlyArray<AccountConfig>,
  path: KeyPath
): ReadonlyArray<Problem> => {
  const twin = earlier.find(
    (other) =>
      other.enabled && account.enabled && other.cliPath === account.cliPath && other.dbPath === account.dbPath
  )
  return twin === undefined
    ? []
    : [
        {
          path,
          message: `has the cliPath and dbPath of account ${twin.id}, so every message would be answered twice; give it its own, or disable it`
        }
      ]
}

const openGroups = (account: AccountConfig): ReadonlyArray<string> =>
  account.enabled && account.groupPolicy === "open" && account.groups["*"]?.requireMention === false
    ? [
        `every member of every group can trigger an agent through account ${account.id}: groupPolicy is "open" and groups.* has requireMention false`
      ]
    : []

/** Resolves `imessage`, which stands at `path` in the file. */
export const resolveAccounts = (
  section: ImessageSection,
  path: KeyPath,
  expandHome: ExpandHome
): Resolved<ReadonlyArray<AccountConfig>> => {
  const { accounts, ...shared } = section
  const named = accounts === undefined ? undefined : Object.entries(accounts)
  if (named === undefined) {
    const account = merge("default", {}, shared, expandHome)
    return {
      value: [account],
      problems: openWithoutWildcard(account, [...path, "dmPolicy"]),
      warnings: openGroups(account)
    }
  }
  const resolved = named.map(([id, own]) => ({ own, account: merge(id, shared, own, expandHome) }))
  const all = resolved.map(({ account }) => account)
  const empty: Problem = {
    path: [...path, "accounts"],
    message: "names no account; name one, or leave it out to have the account default"
  }
  return {
    value: all,
    problems: [
      ...(named.length === 0 ? [empty] : []),
      ...resolved.flatMap(({ account, own }, at) => [
        ...openWithoutWildcard(
          account,
          own.dmPolicy === undefined ? [...path, "dmPolicy"] : [...path, "accounts", account.id, "dmPolicy"]
        ),
        ...sameDatabase(account, all.slice(0, at), [...path, "accounts", account.id])
      ])
    ],
    warnings: all.flatMap(openGroups)
  }
}
