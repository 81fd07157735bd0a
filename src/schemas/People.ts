/** Handles that belong to one person, as `people` of the config says. */

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
