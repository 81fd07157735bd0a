/**
 * What is wrong with the JSON that an agent wrote, for whoever wrote the agent. The sentence has nobody's words, for it is
 * logged; the beginning of what came has, and is for the dead letter and for who tries the agent by hand.
 */
import { Either, ParseResult, Predicate, Schema } from "effect"
import { beginning } from "../../schemas/cut.ts"
import { oneLine } from "../../schemas/oneLine.ts"

const MOST_CHARS = 80

export interface WrongAnswer {
  readonly sentence: string
  /** `it began {"replies":[{"text":42`. */
  readonly began: string
}

/** The beginning of what came. */
export const beganWith = (text: string): string => {
  const line = oneLine(text)
  const shown = beginning(line, MOST_CHARS)
  return `it began ${shown}${shown.length < line.length ? "…" : ""}`
}

/** A path as one writes it: `replies[0].text`. */
const pathOf = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>((written, key) => {
    if (typeof key === "number") return `${written}[${key}]`
    return written === "" ? String(key) : `${written}.${String(key)}`
  }, "")

const kindOf = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "a list"
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty string" : "a string"
    case "number":
      return "a number"
    case "boolean":
      return String(value)
    case "undefined":
      return "nothing"
    default:
      return "an object"
  }
}

const at = (value: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>((inner, key) => (Predicate.hasProperty(inner, key) ? inner[key] : undefined), value)

/** What a schema wants in a place, in the words of JSON. */
const expectedIn = (message: string): string => {
  const [, expected = ""] = /^Expected (.*?), actual /su.exec(message) ?? []
  if (/^ReadonlyArray|^readonly \[/u.test(expected)) return "a list"
  if (expected.startsWith("{")) return "an object"
  // What a refinement asks for is said as it says it; a literal is one of the words that there are.
  if (/^an? /u.test(expected))
    return expected.replace(/^an array /u, "a list ").replace("non empty", "non-empty")
  if (/^(?:true|false|"[^"]*")$/u.test(expected)) return expected
  return /^(?:string|number|boolean)$/u.test(expected) ? `a ${expected}` : "something else"
}

/** What may stand in a place, of several forms each. */
const anyOf = (expected: ReadonlyArray<string>): string => {
  const all = [...new Set(expected)]
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`
}

const sentenceOf = (value: unknown, error: ParseResult.ParseError): string => {
  // Of a union the last issue is that of the form that was come nearest to, or as near as the others.
  const issues = ParseResult.ArrayFormatter.formatErrorSync(error)
  const issue = issues.at(-1)
  if (issue === undefined) return "it has not the form that was asked for"
  const path = pathOf(issue.path)
  if (issue._tag === "Missing") return `${path} is missing`
  const expected = anyOf(
    issues.filter((other) => pathOf(other.path) === path).map(({ message }) => expectedIn(message))
  )
  return `${path === "" ? "" : `${path}: `}expected ${expected}, got ${kindOf(at(value, issue.path))}`
}

const parseJson = Schema.decodeUnknownEither(Schema.parseJson())

/** Reads what an agent wrote as JSON, or says what is wrong with it. */
export const readAnswer = <A, I>(schema: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknownEither(schema)
  return (text: string): Either.Either<A, WrongAnswer> =>
    Either.match(parseJson(text), {
      onLeft: () => Either.left({ sentence: "it is no JSON", began: beganWith(text) }),
      onRight: (value) =>
        Either.mapLeft(decode(value), (error) => ({
          sentence: sentenceOf(value, error),
          began: beganWith(text)
        }))
    })
}
