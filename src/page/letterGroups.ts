/** Dead letters by what they failed of. Pure. */
import type { LetterRecord } from "../schemas/control/Records.ts"
import { counted } from "./words.ts"

/** The code of a delivery of which nobody knows whether it was sent. */
export const UNCERTAIN = "delivery_uncertain"

export interface LetterGroup {
  readonly code: string
  /** Newest first, as they came. */
  readonly letters: ReadonlyArray<LetterRecord>
}

/** The groups, the one with the newest letter first. */
export const groupsOf = (letters: ReadonlyArray<LetterRecord>): ReadonlyArray<LetterGroup> => {
  const groups = new Map<string, ReadonlyArray<LetterRecord>>()
  for (const letter of letters) groups.set(letter.code, [...(groups.get(letter.code) ?? []), letter])
  return [...groups].map(([code, of]) => ({ code, letters: of }))
}

/** A letter that failed again is another one: what became of the one before says nothing of it. */
export const letterKey = ({ attempts, failedAt, id }: LetterRecord): string =>
  JSON.stringify([id, attempts, failedAt])

/** Those that can be tried again, oldest first: what is said again comes in its old order. */
export const retryable = (letters: ReadonlyArray<LetterRecord>): ReadonlyArray<LetterRecord> =>
  letters.filter(({ status }) => status === "dead").toReversed()

/** Those that can be dropped. */
export const droppable = (letters: ReadonlyArray<LetterRecord>): ReadonlyArray<LetterRecord> =>
  letters.filter(({ status }) => status !== "retrying")

/** What became of many at once. */
export const outcomeOf = (done: number, failures: ReadonlyArray<string>, what: string): string => {
  const all = `${counted(done, "letter is", "letters are")} ${what}.`
  const [first] = failures
  return first === undefined ? all : `${all} ${failures.length} could not be: ${first}.`
}
