/** Makes the accounts of the section `imessage`: its options are the defaults, those of an account win. */
import { Either } from "effect"
import { type Entry, isWildcard, readEntry, unserved } from "../AllowList.ts"
import { canonical, databaseOf } from "./database.ts"
import { groupKey } from "./groupKeys.ts"
import { type AccountOptions, accountDefaults, accountKeys, type ImessageSection } from "./imessage.ts"
import { warningsOf } from "./openDoors.ts"
import { type KeyPath, type Problem, show } from "./problems.ts"
import type { AccountConfig, AccountSettings } from "./resolved.ts"
import { settle } from "./section.ts"

/** Expands `~` at the start of a path to the home folder. */
export type ExpandHome = (path: string) => string

/** What a part of the config came to. */
export interface Resolved<A> {
  readonly value: A
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<string>
}

const MINUTE_MS = 60_000

type Catchup = NonNullable<AccountOptions["catchup"]>

const rowsOf = ({ enabled, perRunLimit }: Catchup): number | undefined =>
  enabled === false ? 0 : perRunLimit

const ageOf = ({ maxAgeMinutes }: Catchup): number | undefined =>
  maxAgeMinutes === undefined ? undefined : maxAgeMinutes * MINUTE_MS

/**
 * What `imessage` and an account say of missed messages, each in either way. In OpenClaw's way `enabled` and the limit
 * are one thing, to which both may contribute: an account that is `enabled` again has its limit again.
 */
const catchUpOf = (shared: AccountOptions, own: AccountOptions): AccountConfig["catchUp"] => {
  const theirs = own.catchup ?? {}
  const both = { ...shared.catchup, ...theirs }
  const saysRows = theirs.enabled !== undefined || theirs.perRunLimit !== undefined
  const { maxAgeMs, maxRows } = accountDefaults.catchUp
  return {
    maxAgeMs: own.catchUp?.maxAgeMs ?? ageOf(theirs) ?? shared.catchUp?.maxAgeMs ?? ageOf(both) ?? maxAgeMs,
    maxRows:
      own.catchUp?.maxRows ??
      (saysRows ? rowsOf(both) : undefined) ??
      shared.catchUp?.maxRows ??
      rowsOf(both) ??
      maxRows
  }
}

const chunkModeOf = ({ chunkMode, streaming }: AccountOptions) => chunkMode ?? streaming?.chunkMode
type Groups = NonNullable<AccountOptions["groups"]>

/** Groups by the one spelling of their keys, so that those of `imessage` and of an account meet. */
const byKey = (groups: Groups | undefined): Groups =>
  Object.fromEntries(
    Object.entries(groups ?? {}).map(([written, group]) => [groupKey(written) ?? written, group])
  )

/** Keys of one `groups` that name the same group. */
const repeatedGroups = ({ groups = {} }: AccountOptions, path: KeyPath): ReadonlyArray<Problem> => {
  const keys = Object.keys(groups)
  return keys.flatMap((written, at) => {
    const twin = keys.slice(0, at).find((other) => groupKey(other) === groupKey(written))
    return twin === undefined
      ? []
      : [
          {
            path: [...path, "groups", written],
            message: `names the same group as "${twin}"; keep one of them`
          }
        ]
  })
}

const merge = (
  id: string,
  shared: AccountOptions,
  own: AccountOptions,
  expandHome: ExpandHome
): AccountSettings => {
  const { catchup: _, streaming: __, ...account } = settle(accountKeys, [own, shared])
  return {
    ...account,
    id,
    enabled: (shared.enabled ?? true) && (own.enabled ?? true),
    region: account.region.toUpperCase(),
    cliPath: expandHome(account.cliPath),
    ...(account.dbPath === undefined ? {} : { dbPath: expandHome(account.dbPath) }),
    attachmentRoots: account.attachmentRoots.map(expandHome),
    remoteAttachmentRoots: account.remoteAttachmentRoots ?? account.attachmentRoots,
    env: { ...shared.env, ...own.env },
    groups: { ...byKey(shared.groups), ...byKey(own.groups) },
    chunkMode: chunkModeOf(own) ?? chunkModeOf(shared) ?? accountDefaults.chunkMode,
    catchUp: catchUpOf(shared, own)
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

/** Whether two accounts can be on one host. */
const mayMeet = ({ runsOn: one }: AccountSettings, { runsOn: other }: AccountSettings): boolean =>
  one === undefined || other === undefined || one.some((name) => other.includes(name))

const sameDatabase = (
  account: AccountSettings,
  earlier: ReadonlyArray<AccountSettings>,
  path: KeyPath,
  expandHome: ExpandHome
): ReadonlyArray<Problem> => {
  const source = (one: AccountSettings) =>
    JSON.stringify([canonical(one.cliPath), databaseOf(one, expandHome)])
  // On another Mac the same paths are another database.
  const twin = earlier.find(
    (other) =>
      other.enabled && account.enabled && source(other) === source(account) && mayMeet(other, account)
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

/** Who is named by an entry in an account; else what was expected. */
const readIn =
  (entry: string) =>
  ({ region, services }: AccountSettings): Either.Either<Entry, string> =>
    Either.flatMap(readEntry(entry, region), (read) => {
      const expected = unserved(read, services)
      return expected === undefined ? Either.right(read) : Either.left(expected)
    })

const LISTS = ["allowFrom", "groupAllowFrom"] as const

/**
 * Entries of lists, at `path`, that can name nobody in any of the accounts which the lists are for: whoever was meant
 * would be ignored without a word. Each account reads numbers by its own region, and has
 * services of its own.
 */
const entriesForNobody = (
  options: AccountOptions,
  path: KeyPath,
  readers: (list: (typeof LISTS)[number]) => ReadonlyArray<AccountSettings>
): ReadonlyArray<Problem> =>
  LISTS.flatMap((list) =>
    (options[list] ?? []).flatMap((entry, at) => {
      const read = readers(list).map(readIn(entry))
      const [first] = read
      return first === undefined || Either.isRight(first) || read.some(Either.isRight)
        ? []
        : [
            {
              path: [...path, list, at],
              message: `${show(entry)} names nobody, so it would let nobody in: expected ${first.left}`
            }
          ]
    })
  )

const unknownDefault = (
  id: string | undefined,
  accounts: ReadonlyArray<AccountSettings>,
  path: KeyPath
): ReadonlyArray<Problem> =>
  id === undefined || accounts.some((account) => account.id === id)
    ? []
    : [
        {
          path: [...path, "defaultAccount"],
          message: `there is no account "${id}"; the accounts are: ${accounts.map((account) => account.id).join(", ")}`
        }
      ]

/** Resolves `imessage`, which stands at `path` in the file. */
export const resolveAccounts = (
  section: ImessageSection,
  path: KeyPath,
  expandHome: ExpandHome
): Resolved<ReadonlyArray<AccountSettings>> => {
  const { accounts, defaultAccount, ...shared } = section
  const named = accounts === undefined ? undefined : Object.entries(accounts)
  if (named === undefined) {
    const account = merge("default", {}, shared, expandHome)
    return {
      value: [account],
      problems: [
        ...unknownDefault(defaultAccount, [account], path),
        ...openWithoutWildcard(account, [...path, "dmPolicy"]),
        ...entriesForNobody(shared, path, () => [account]),
        ...repeatedGroups(shared, path)
      ],
      warnings: warningsOf(account)
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
      ...(named.length === 0 ? [empty] : unknownDefault(defaultAccount, all, path)),
      // A list that every account replaces is judged as well: it is there to be used again.
      ...entriesForNobody(shared, path, (list) => {
        const theirs = resolved.filter(({ own }) => own[list] === undefined).map(({ account }) => account)
        return theirs.length === 0 ? all : theirs
      }),
      ...repeatedGroups(shared, path),
      ...resolved.flatMap(({ account, own }, at) => [
        ...openWithoutWildcard(
          account,
          own.dmPolicy === undefined ? [...path, "dmPolicy"] : [...path, "accounts", account.id, "dmPolicy"]
        ),
        ...entriesForNobody(own, [...path, "accounts", account.id], () => [account]),
        ...repeatedGroups(own, [...path, "accounts", account.id]),
        ...sameDatabase(account, all.slice(0, at), [...path, "accounts", account.id], expandHome)
      ])
    ],
    warnings: all.flatMap(warningsOf)
  }
}
