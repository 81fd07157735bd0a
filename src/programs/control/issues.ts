/** What a schema has against a request, in one line. */
import type { ParseResult } from "effect"

type Issue = Pick<ParseResult.ArrayFormatterIssue, "path" | "message">

/** A value can be in the words, and as long as a request may be. */
const LONGEST = 500

/** Each field with what is wrong about it: `to: is missing; text: must have at most …`. */
export const issuesInWords = (issues: ReadonlyArray<Issue>): string => {
  const words = issues.map(({ message, path }) =>
    path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`
  )
  const all = words.join("; ").replaceAll(/\s+/gu, " ")
  return all.length > LONGEST ? `${all.slice(0, LONGEST)}…` : all
}
