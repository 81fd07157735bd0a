/** Which owners hear of a stranger who asks to be let in, and of how many. Pure. */
import { ownersOf } from "../../../schemas/owners.ts"
import { isSamePerson, type People } from "../../../schemas/People.ts"

const HOUR_MS = 3_600_000
/** Requests of an account that owners are told of within an hour; then once that there are more. */
const MOST_AN_HOUR = 10

/** When requests were told of within the last hour, Unix ms, oldest first; and since when only "more" is said. */
export interface Told {
  readonly at: ReadonlyArray<number>
  readonly moreAt: number | undefined
}
export const NOTHING_TOLD: Told = { at: [], moreAt: undefined }

/** What owners are told of one request more. */
export interface Telling {
  readonly what: "request" | "more" | "nothing"
  readonly told: Told
}

/** Many strangers at once must not fill an owner's phone: whoever wants to know the others asks. */
export const tellingOf = ({ at, moreAt }: Told, now: number): Telling => {
  const recent = at.filter((time) => now - time < HOUR_MS)
  const more = moreAt !== undefined && now - moreAt < HOUR_MS ? moreAt : undefined
  if (recent.length < MOST_AN_HOUR) {
    return { what: "request", told: { at: [...recent, now], moreAt: more } }
  }
  return more === undefined
    ? { what: "more", told: { at: recent, moreAt: now } }
    : { what: "nothing", told: { at: recent, moreAt: more } }
}

/** One handle of each owner who is somebody else than who asks; never that of a person twice. */
export const ownersBeside = (
  owners: ReadonlyArray<string>,
  people: People,
  asker: string
): ReadonlyArray<string> => ownersOf(owners, people).filter((owner) => !isSamePerson(people, owner, asker))
