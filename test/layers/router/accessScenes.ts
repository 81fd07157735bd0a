/** The situations that the rows of a table stand for: a config, and a message that comes in under it. */
import type { GroupConfig } from "../../../src/schemas/Config.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import type { ConfigFileContent } from "../../support/configs.ts"
import { makeEnvelope, withoutChat } from "../../support/envelopes.ts"
import type { AccessTable, Column, Meaning } from "./accessTable.ts"

export interface Scene {
  readonly what: string
  readonly imessage: ConfigFileContent
  readonly agents: ConfigFileContent
  readonly maxPending: number | undefined
  readonly envelope: Envelope
  readonly baselineAt: number | undefined
}

/** Every choice of one thing from each list, in the order of the lists. */
const choices = <A>(lists: ReadonlyArray<ReadonlyArray<A>>): ReadonlyArray<ReadonlyArray<A>> =>
  lists.reduce<ReadonlyArray<ReadonlyArray<A>>>(
    (before, list) => before.flatMap((chosen) => list.map((one) => [...chosen, one])),
    [[]]
  )

const merged = <A extends object>(parts: ReadonlyArray<A>): Partial<A> =>
  parts.reduce<Partial<A>>((before, part) => Object.assign(before, part), {})

const joined = (lists: ReadonlyArray<ReadonlyArray<string> | undefined>) => {
  const given = lists.filter((list) => list !== undefined)
  return given.length === 0 ? undefined : given.flat()
}

const withoutUndefined = (fields: ConfigFileContent): ConfigFileContent =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The situation of some meanings together; none where no config can say all of them at once. */
const sceneOf = (meanings: ReadonlyArray<Meaning & { readonly named: string }>): Scene | undefined => {
  const all: Meaning = merged<Meaning>(meanings)
  const settings: GroupConfig = all.settings ?? {}
  const groups = all.groups === undefined ? {} : all.groups(settings)
  const allowFrom = joined(meanings.map((each) => each.allowFrom))
  const groupAllowFrom = joined(meanings.map((each) => each.groupAllowFrom))
  if (groups === undefined || (all.dmPolicy === "open" && all.isClosed)) return undefined
  const envelope = makeEnvelope(merged(meanings.map((each) => each.envelope ?? {})))
  return {
    what: meanings.map(({ named, words = named }) => words).join(" / "),
    imessage: withoutUndefined({
      dmPolicy: all.dmPolicy,
      groupPolicy: all.groupPolicy,
      // The decoder refuses "open" without "*".
      allowFrom: all.dmPolicy === "open" ? [...(allowFrom ?? []), "*"] : allowFrom,
      groupAllowFrom,
      groups,
      services: all.services,
      reactionNotifications: all.reactionNotifications,
      pairing: all.pairing
    }),
    agents: all.onReaction === undefined ? {} : { list: [{ id: "main", onReaction: all.onReaction }] },
    maxPending: all.pairing?.maxPending,
    envelope: all.hasNoChatId ? withoutChat(envelope) : envelope,
    baselineAt: all.baselineAt
  }
}

const meaningsOf = ({ words }: Column, word: string | undefined) =>
  Object.entries(words)
    .filter(([each]) => word === undefined || each === word)
    .flatMap(([named, meanings]) => meanings.map((meaning) => ({ ...meaning, named })))

/** Every situation that a row stands for. */
export const scenesOf = (
  { columns }: AccessTable,
  { when }: AccessTable["rows"][number]
): ReadonlyArray<Scene> =>
  choices(Object.entries(columns).map(([key, column]) => meaningsOf(column, when[key]))).flatMap(
    (meanings) => sceneOf(meanings) ?? []
  )

/** The rows that every choice of words is matched by. */
export const matches = ({ columns, rows }: AccessTable) =>
  choices(
    Object.entries(columns).map(([key, { words }]) => Object.keys(words).map((word) => [key, word] as const))
  ).map((chosen) => ({
    words: chosen.map(([key, word]) => `${key} ${word}`).join(", "),
    rows: rows.filter(({ when }) => chosen.every(([key, word]) => (when[key] ?? word) === word))
  }))
