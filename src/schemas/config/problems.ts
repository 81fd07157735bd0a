/** Says what is wrong with a config in one line a problem: the path of the key, and what was expected there. */
import { Array as Arr, SchemaAST as AST, Option, type ParseResult } from "effect"
import { ExpectedId, SecretId, UnquotedId, type Wrong, WrongId } from "./values.ts"

/** Where a key stands, from the top: names, and indices of lists. */
export type KeyPath = ReadonlyArray<PropertyKey>

/** A problem whose path is not rendered yet. */
export interface Problem {
  readonly path: KeyPath
  readonly message: string
}

/** Renders a path as `agents.list[0].id`. */
export const renderPath = (path: KeyPath): string =>
  path.reduce<string>((rendered, key) => {
    if (typeof key === "number") return `${rendered}[${key}]`
    const name = String(key)
    if (!/^(\*|[\w$-]+)$/.test(name)) return `${rendered}[${JSON.stringify(name)}]`
    return rendered === "" ? name : `${rendered}.${name}`
  }, "")

const literals = (ast: AST.AST): ReadonlyArray<string> =>
  AST.isLiteral(ast)
    ? [String(ast.literal)]
    : AST.isUnion(ast) && ast.types.every(AST.isLiteral)
      ? ast.types.flatMap(literals)
      : []

const isFalse = (ast: AST.AST): boolean => AST.isLiteral(ast) && ast.literal === false

/** Whether `false` may stand in the place of an object, for none of it. */
const isSwitch = (ast: AST.AST): boolean => AST.isUnion(ast) && ast.types.some(isFalse)

/** Says in words what a schema expects. */
export const expectedOf = (ast: AST.AST): string => {
  const own = AST.getAnnotation<string>(ast, ExpectedId)
  if (Option.isSome(own)) return own.value
  if (isSwitch(ast)) return "an object, or false"
  const choices = literals(ast)
  if (choices.length === 1) return `"${choices[0]}"`
  if (choices.length > 1) return `one of: ${choices.join(", ")}`
  switch (ast._tag) {
    case "StringKeyword":
      return "a string"
    case "NumberKeyword":
      return "a number"
    case "BooleanKeyword":
      return "true or false"
    case "TupleType":
      return "a list"
    case "Refinement":
    case "Transformation":
      return expectedOf(ast.from)
    default:
      return "an object"
  }
}

const LONGEST_VALUE = 60

/** What a person would not see in a message that is about it. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u0080-\u009f]/gu

/** An address in which a password may stand: scheme://user:password@host. */
const WITH_PASSWORD = /[a-z][a-z\d+.-]*:\/\/[^\s/]*@|:\/\/\S*:\S*@/iu

/** Shows a value that was not expected; a secret, a list or an object only by its kind. */
export const show = (value: unknown, secret = false): string => {
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object" && value !== null) return "an object"
  if (secret || (typeof value === "string" && WITH_PASSWORD.test(value)))
    return typeof value === "string" ? "another string" : `a ${typeof value}`
  if (typeof value !== "string") return String(value)
  return JSON.stringify(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value).replace(
    UNSEEN,
    (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`
  )
}

const isSecret = (ast: AST.AST) =>
  Option.isSome(AST.getAnnotation(ast, SecretId)) || Option.isSome(AST.getAnnotation(ast, UnquotedId))

/** What a schema says itself against a text. */
const saidAgainst = (ast: AST.AST, actual: unknown): string | undefined =>
  typeof actual === "string"
    ? Option.getOrUndefined(AST.getAnnotation<Wrong>(ast, WrongId))?.(actual)
    : undefined

const unexpected = (path: KeyPath, ast: AST.AST, actual: unknown): Arr.NonEmptyReadonlyArray<Problem> => [
  {
    path,
    message: saidAgainst(ast, actual) ?? `expected ${expectedOf(ast)}; got ${show(actual, isSecret(ast))}`
  }
]

/** The problems of the members of an object, of the values of a list, or of the choices that there are. */
const ofParts = (issue: ParseResult.Composite, path: KeyPath): Arr.NonEmptyReadonlyArray<Problem> => {
  const parts = "_tag" in issue.issues ? Arr.of(issue.issues) : issue.issues
  if (!isSwitch(issue.ast)) return Arr.flatMap(parts, (part) => problemsOf(part, path))
  // Of an object nobody has to hear that it is not false.
  const ofObject = parts.filter((part) => !(part._tag === "Type" && isFalse(part.ast)))
  return typeof issue.actual === "object" && Arr.isNonEmptyReadonlyArray(ofObject)
    ? Arr.flatMap(ofObject, (part) => problemsOf(part, path))
    : unexpected(path, issue.ast, issue.actual)
}

/** Lists the problems that decoding found. */
export const problemsOf = (
  issue: ParseResult.ParseIssue,
  path: KeyPath = []
): Arr.NonEmptyReadonlyArray<Problem> => {
  switch (issue._tag) {
    case "Pointer":
      return problemsOf(issue.issue, path.concat(issue.path))
    case "Missing":
      return [{ path, message: `is missing; expected ${expectedOf(issue.ast.type)}` }]
    case "Unexpected":
      return [{ path, message: "is not expected here" }]
    case "Type":
    case "Forbidden":
      return unexpected(path, issue.ast, issue.actual)
    case "Composite":
    case "Refinement":
    case "Transformation":
      if (Option.isSome(AST.getAnnotation(issue.ast, ExpectedId))) {
        return unexpected(path, issue.ast, issue.actual)
      }
      if (issue._tag !== "Composite") return problemsOf(issue.issue, path)
      if (literals(issue.ast).length > 0) return unexpected(path, issue.ast, issue.actual)
      return ofParts(issue, path)
  }
}
