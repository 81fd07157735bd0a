/** What accounts, people and chats are called where people read of them: by name beside the id, where there is a name. */
import { type People, personOf } from "./People.ts"

/** A name with what it is the name of: `sam (+15555550123)`; that alone where there is no other name. */
export const beside = (name: string | null | undefined, id: string): string =>
  name === undefined || name === null || name === "" || name === id ? id : `${name} (${id})`

/** An account: `bot (Bot)`. */
export const accountInWords = ({
  id,
  name
}: {
  readonly id: string
  readonly name?: string | null | undefined
}): string => (name === undefined || name === null || name === id ? id : `${id} (${name})`)

/** The account of an id, as some list of accounts names it. */
export const accountNamed = (
  accounts: ReadonlyArray<{ readonly id: string; readonly name?: string | null | undefined }>,
  id: string
): string => accountInWords(accounts.find((account) => account.id === id) ?? { id })

/** The handle that ends what else is said of where it is: its service, the guid of its chat. */
const HANDLE = /[^:;\s]+$/u

/** The name that `people` gives to whose a handle is, or a target that ends with one. */
export const nameOf = (people: People, handle: string): string | undefined =>
  personOf(people, HANDLE.exec(handle)?.[0] ?? handle)?.name

/**
 * A handle, or a target that ends with one, by the name that `people` gives: `sam (+15555550123)`. `otherwise` is what
 * else the person is called, such as by the contacts of the Mac.
 */
export const personInWords = (people: People, handle: string, otherwise?: string): string =>
  beside(nameOf(people, handle) ?? otherwise, handle)
