/** Makes the accounts of the section `imessage`: its options are the defaults, those of an account win. */
import { Option } from "effect"
import { isWildcard, malformed } from "../AllowList.ts"
import { type AccountOptions, accountDefaults, type ImessageSection } from "./imessage.ts"
import { type KeyPath, type Problem, renderPath } from "./problems.ts"
import type { AccountConfig } from "./resolved.ts"

/** Expands `~` at the start of a path to the home folder. */
export type ExpandHome = (path: string) => string

/** An account before it has its bindings. */
export type AccountSettings = Omit<AccountConfig, "bindings">

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
): AccountSettings => {
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
    remoteAttachmentRoots: merged.attachmentRoots,
    env: { ...shared.env, ...own.env },
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

const openWithoutWildcard = (account: AccountSettings, path: KeyPath): ReadonlyArray<Problem> =>
  account.enabled && account.dmPolicy === "open" && !account.allowFrom.some(isWildcard)
    ? [
        {
          path,
          message: `"open" admits every stranger and needs "*" in allowFrom (account ${account.id}); add it, or use pairing, allowlist or disabled`
        }
      ]
    : []

/** The database that `imsg` reads where it is given none. */
const DEFAULT_DATABASE = "~/Library/Messages/chat.db"

/** An absolute path without `//`, `.`, `..` and a slash at its end; any other text as it is. */
const canonical = (path: string): string => {
  if (!path.startsWith("/")) return path
  const kept: Array<string> = []
  for (const part of path.split("/")) {
    if (part === "..") kept.pop()
    else if (part !== "" && part !== ".") kept.push(part)
  }
  return `/${kept.join("/")}`
}

const sameDatabase = (
  account: AccountSettings,
  earlier: ReadonlyArray<AccountSettings>,
  path: KeyPath,
  expandHome: ExpandHome
): ReadonlyArray<Problem> => {
  const source = ({ cliPath, dbPath }: AccountSettings) =>
    JSON.stringify([canonical(cliPath), canonical(dbPath ?? expandHome(DEFAULT_DATABASE))])
  const twin = earlier.find((other) => other.enabled && account.enabled && source(other) === source(account))
  return twin === undefined
    ? []
    : [
        {
          path,
          message: `has the cliPath and dbPath of account ${twin.id}, so every message would be answered twice; give it its own, or disable it`
        }
      ]
}

const openGroups = (account: AccountSettings): ReadonlyArray<string> => {
  if (!account.enabled) return []
  const everyone = `every member of every group can trigger an agent through account ${account.id}`
  if (account.groupPolicy === "open" && account.groups["*"]?.requireMention === false) {
    return [`${everyone}: groupPolicy is "open" and groups.* has requireMention false`]
  }
  if (
    account.groupPolicy === "allowlist" &&
    account.groupAllowFrom === undefined &&
    account.allowFrom.some(isWildcard)
  ) {
    return [
      `${everyone} by a mention: groupPolicy is "allowlist", groupAllowFrom is not set, and allowFrom, which then counts, has "*"`
    ]
  }
  return []
}

/** Entries of the lists that are written as a chat and name none: a file with them starts, but says so. */
const malformedEntries = (options: AccountOptions, path: KeyPath): ReadonlyArray<string> =>
  (["allowFrom", "groupAllowFrom"] as const).flatMap((list) =>
    (options[list] ?? []).flatMap((entry, at) =>
      Option.match(malformed(entry), {
        onNone: () => [],
        onSome: ({ expected }) => [
          `${renderPath([...path, list, at])}: ${JSON.stringify(entry)} admits nobody: expected ${expected}`
        ]
      })
    )
  )

/** Resolves `imessage`, which stands at `path` in the file. */
export const resolveAccounts = (
  section: ImessageSection,
  path: KeyPath,
  expandHome: ExpandHome
): Resolved<ReadonlyArray<AccountSettings>> => {
  const { accounts, ...shared } = section
  const named = accounts === undefined ? undefined : Object.entries(accounts)
  if (named === undefined) {
    const account = merge("default", {}, shared, expandHome)
    return {
      value: [account],
      problems: openWithoutWildcard(account, [...path, "dmPolicy"]),
      warnings: [...malformedEntries(shared, path), ...openGroups(account)]
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
        ...sameDatabase(account, all.slice(0, at), [...path, "accounts", account.id], expandHome)
      ])
    ],
    warnings: [
      ...malformedEntries(shared, path),
      ...resolved.flatMap(({ account, own }) => malformedEntries(own, [...path, "accounts", account.id])),
      ...all.flatMap(openGroups)
    ]
  }
}
