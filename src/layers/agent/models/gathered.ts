/** An answer, gathered piece by piece. */
import { Either, Match } from "effect"
import { CUT_MARK } from "../../../schemas/cut.ts"
import type { Complaint, End, Piece } from "./Dialect.ts"
import { withoutThoughts } from "./thinking.ts"

export interface Gathered {
  readonly text: string
  readonly refusal: string
  /** Absent until the server has said that it is at the end. */
  readonly end?: End
  /** Nothing is to follow. */
  readonly isLast: boolean
  readonly inputTokens?: number
  readonly complaint?: Complaint
}

export const NOTHING: Gathered = { text: "", refusal: "", isLast: false }

/** What is known after one more piece. */
export const gather = (gathered: Gathered, piece: Piece): Gathered =>
  Match.value(piece).pipe(
    Match.tag("Text", ({ text }) => ({ ...gathered, text: gathered.text + text })),
    Match.tag("Refusal", ({ text }) => ({ ...gathered, refusal: gathered.refusal + text })),
    Match.tag("Usage", ({ inputTokens }) => ({ ...gathered, inputTokens })),
    Match.tag("End", ({ end }) => ({ ...gathered, end })),
    Match.tag("Last", (): Gathered => ({ ...gathered, end: gathered.end ?? "complete", isLast: true })),
    Match.tag("Failure", ({ complaint }) => ({ ...gathered, complaint, isLast: true })),
    Match.exhaustive
  )

/** Whether a person could have been told something of it. */
export const hasBegun = ({ refusal, text }: Gathered): boolean => text.trim() !== "" || refusal !== ""

/**
 * What is said of a whole answer; empty where it says nothing. Where a filter has kept everything back there is nothing
 * that could be said.
 */
export const saidOf = ({ end, refusal, text }: Gathered): Either.Either<string, "filtered"> => {
  const said = withoutThoughts(text).trim()
  if (end === "length") return Either.right(`${said}${CUT_MARK}`)
  if (said === "" && refusal.trim() !== "") return Either.right(refusal.trim())
  if (end !== "filtered") return Either.right(said)
  return said === "" ? Either.left("filtered") : Either.right(`${said}${CUT_MARK}`)
}
