/** Handles that belong to one person, as `people` of the config says. */
import { isMachine } from "./Sender.ts"

/** A person by the name that the config gives them. `handles` are normalised; there is at least one. */
export interface Person {
  readonly name: string
  readonly handles: ReadonlyArray<string>
}

export type People = ReadonlyArray<Person>

/** The person whom a handle belongs to; none where `people` names it nowhere. */
export const personOf = (people: People, handle: string): Person | undefined =>
  people.find(({ handles }) => handles.includes(handle))

/** All handles of whoever has one, that one first. */
export const handlesOf = (people: People, handle: string): readonly [string, ...Array<string>] => [
  handle,
  ...(personOf(people, handle)?.handles ?? []).filter((other) => other !== handle)
]

/** Whether two handles are of one person. */
export const isSamePerson = (people: People, one: string, other: string): boolean =>
  handlesOf(people, one).includes(other)

/** Whether a handle is one of an owner's; `owners` names a person by any of theirs. */
export const isOwner = (owners: ReadonlyArray<string>, people: People, handle: string): boolean =>
  owners.some((owner) => isSamePerson(people, owner, handle))

/**
 * What stands for a sender where their handles count as one: the name of their person, else their handle. That of a
 * machine is marked: it can be any word, and must not be taken for a person's name.
 */
export const peerOf = (people: People, sender: string): string =>
  personOf(people, sender)?.name ??
  (isMachine(sender) && !sender.startsWith("urn:") ? `sms:${sender}` : sender)
