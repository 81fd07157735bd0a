/** The sections `session`, `people` and `owners`: which direct messages share a session, and which handles are one person's. */
import { Either, Schema } from "effect"
import { normaliseHandle } from "../Handle.ts"
import type { People, Person } from "../People.ts"
import { isMachine } from "../Sender.ts"
import { readPrefixes } from "../Target.ts"
import type { Resolved } from "./accounts.ts"
import { isObject } from "./keys.ts"
import { type KeyPath, type Problem, show } from "./problems.ts"
import { ExpectedId, foreign, Id, OtherKeysId, option, otherKeys, TextOrNumber } from "./values.ts"

/** What holds where `session` says nothing. */
export const sessionDefaults = { dmScope: "main" } as const

/** Which direct messages share a session. */
export const DmScope = Schema.Literal("main", "per-peer", "per-channel-peer", "per-account-channel-peer")
export type DmScope = typeof DmScope.Type

const notGlobal = (scope: unknown): string | undefined =>
  scope === "per-sender"
    ? undefined
    : "one session for groups and direct messages together is not possible here; leave it out, and choose by dmScope who shares a session"

/** Whether a handle of `identityLinks` is, or may be, one of this channel. */
const isOfThisChannel = (handle: unknown): boolean =>
  typeof handle !== "string" ||
  !/^[a-z][\w-]*:/iu.test(handle) ||
  /^(?:imessage|sms|auto|tel):/iu.test(handle)

const noLinks = (links: unknown): string | undefined =>
  isObject(links) && !Object.values(links).flat().some(isOfThisChannel)
    ? undefined
    : "handles of one person are named in people here, at the top level; move those of this channel there"

/** Whether a rule of `sendPolicy` can keep a message of this channel from being answered. */
const denies = (rule: unknown): boolean => {
  if (!isObject(rule) || rule.action !== "deny") return false
  const channel = isObject(rule.match) ? rule.match.channel : undefined
  return channel === undefined || channel === "imessage"
}

const noDenials = (policy: unknown): string | undefined => {
  const { default: otherwise = "allow", rules = [] } = isObject(policy) ? policy : {}
  return isObject(policy) && otherwise === "allow" && Array.isArray(rules) && !rules.some(denies)
    ? undefined
    : "what is not to be answered cannot be said here; say it by dmPolicy, groupPolicy and groups"
}

/** Keys of other gateways in `session`; those that decide who is answered, or who sees what, are not passed over. */
const otherSessionKeys = otherKeys([], {
  scope: notGlobal,
  identityLinks: noLinks,
  sendPolicy: noDenials
})

/** The section `session`. */
export const SessionSection = Schema.Struct(
  {
    dmScope: option(
      DmScope,
      "Which direct messages share a session, and with it what the agent remembers: all of an agent (`main`), those of one person (`per-peer`, `per-channel-peer`), or those of one person through one account (`per-account-channel-peer`). Groups have one each in any case.",
      sessionDefaults.dmScope
    )
  },
  foreign
).annotations({ identifier: "Session", [OtherKeysId]: otherSessionKeys })
export type SessionSection = typeof SessionSection.Type

const Handles = Schema.Array(TextOrNumber).annotations({
  [ExpectedId]: "a list of phone numbers and email addresses"
})

/** The list `owners`. */
export const OwnersSection = Handles
export type OwnersSection = typeof OwnersSection.Type

/** The section `people`. */
export const PeopleSection = Schema.Record({
  key: Id,
  value: Handles
})
export type PeopleSection = typeof PeopleSection.Type

const HANDLE = "a phone number with its country code, or an email address"

/** A handle that is the same in every account, and its person's by every service; else what was expected. */
const readHandle = (text: string, regions: ReadonlyArray<string>): Either.Either<string, string> => {
  const written = readPrefixes(text)
  if (written._tag === "Chat") return Either.left(HANDLE)
  const [handle, ...others] = new Set(regions.map((region) => normaliseHandle(written.text, region)))
  if (handle === undefined || others.length > 0 || isMachine(handle)) return Either.left(HANDLE)
  return written.services.every((service) => service === "auto")
    ? Either.right(handle)
    : Either.left(`${written.text} alone, for a handle is its person's by every service`)
}

/** Resolves `people`. `regions` are those of the accounts, which read numbers without a country code. */
export const resolvePeople = (section: PeopleSection, regions: ReadonlyArray<string>): Resolved<People> => {
  const people: Array<Person> = []
  const problems: Array<Problem> = []
  for (const [name, entries] of Object.entries(section)) {
    const handles: Array<string> = []
    const path: KeyPath = ["people", name]
    if (entries.length === 0) {
      problems.push({ path, message: "names no handle; name one at least, or take the person out" })
    }
    for (const [at, entry] of entries.entries()) {
      const handle = readHandle(entry, regions)
      if (Either.isLeft(handle)) {
        problems.push({ path: [...path, at], message: `expected ${handle.left}; got ${show(entry)}` })
        continue
      }
      const other = people.find(({ handles }) => handles.includes(handle.right))
      if (other !== undefined) {
        problems.push({
          path: [...path, at],
          message: `${show(entry)} is a handle of ${other.name} too; a handle belongs to one person`
        })
      } else if (!handles.includes(handle.right)) handles.push(handle.right)
    }
    people.push({ name, handles })
  }
  return { value: people, problems, warnings: [] }
}

/** Resolves `owners`; `regions` as for people. */
export const resolveOwners = (
  section: OwnersSection,
  regions: ReadonlyArray<string>
): Resolved<ReadonlyArray<string>> => {
  const read = section.map((entry) => readHandle(entry, regions))
  return {
    value: [...new Set(read.flatMap((handle) => (Either.isRight(handle) ? [handle.right] : [])))],
    problems: read.flatMap(
      (handle, at): ReadonlyArray<Problem> =>
        Either.isLeft(handle)
          ? [{ path: ["owners", at], message: `expected ${handle.left}; got ${show(section[at])}` }]
          : []
    ),
    warnings: []
  }
}
