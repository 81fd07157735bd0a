/** Compares the keys of a config file with those of its schema, and fills in `${NAME}`. */
import { SchemaAST as AST, Either, Option, ParseResult, Schema } from "effect"
import { expectedOf, type KeyPath, type Problem, show } from "./problems.ts"
import { nearest } from "./spelling.ts"
import {
  type OtherKeys,
  OtherKeysId,
  type OtherValues,
  OtherValuesId,
  SecretId,
  type SecretKeys,
  SecretKeysId
} from "./values.ts"

/** The variables of the environment. */
export type Env = { readonly [name: string]: string | undefined }

/**
 * The part of a file that the schema knows, what is wrong with its keys, the keys of other gateways, and those whose
 * secret stands in the file itself.
 */
export interface Known {
  readonly value: unknown
  readonly problems: ReadonlyArray<Problem>
  readonly ignored: ReadonlyArray<KeyPath>
  readonly secrets: ReadonlyArray<KeyPath>
}

/** Whether a value is an object with keys. */
export const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const known = (value: unknown): Known => ({ value, problems: [], ignored: [], secrets: [] })

const problem = (path: KeyPath, message: string): Known => ({
  ...known(undefined),
  problems: [{ path, message }]
})

/** What the parts of a list or an object came to, but for their values. */
const together = (parts: ReadonlyArray<Known>): Omit<Known, "value"> => ({
  problems: parts.flatMap((part) => part.problems),
  ignored: parts.flatMap((part) => part.ignored),
  secrets: parts.flatMap((part) => part.secrets)
})

/** `${NAME}`, or `$${NAME}` for the text `${NAME}` itself. */
const VARIABLE = /(\$?)\$\{([A-Za-z_]\w*)\}/g

const substitute = (text: string, path: KeyPath, env: Env, isSecret: boolean): Known => {
  const names = [...text.matchAll(VARIABLE)].flatMap(([, escaped, name = ""]) =>
    escaped === "" ? [name] : []
  )
  const unset = names.filter((name) => env[name] === undefined)
  return {
    value: text.replace(VARIABLE, (all, escaped: string, name: string) =>
      escaped === "" ? (env[name] ?? all) : all.slice(1)
    ),
    problems: [...new Set(unset)].map((name) => ({
      path,
      message: `the environment variable ${name} is not set; set it, or write $\${${name}} for the text itself`
    })),
    ignored: [],
    secrets: isSecret && text !== "" && names.length === 0 ? [path] : []
  }
}

/** The member of a union that a value is meant for, by its literal properties such as `type`. */
const memberFor = (ast: AST.Union, value: { readonly [key: string]: unknown }) =>
  ast.types.find(
    (member) =>
      member._tag === "TypeLiteral" &&
      member.propertySignatures.every(
        ({ name, type }) => type._tag !== "Literal" || value[String(name)] === type.literal
      )
  )

const unknownKey = (key: string, names: ReadonlyArray<string>): string => {
  const meant = nearest(key, names)
  return meant === undefined
    ? `unknown key; the keys here are: ${names.join(", ")}`
    : `unknown key; did you mean "${meant}"?`
}

const ignoredAt = (path: KeyPath): Known => ({ ...known(undefined), ignored: [path] })

/** A key that the schema knows to be another gateway's. */
const otherKey = (ast: AST.TypeLiteral, key: string, value: unknown, path: KeyPath): Option.Option<Known> =>
  AST.getAnnotation<OtherKeys>(ast, OtherKeysId).pipe(
    Option.flatMapNullable((others) => others.get(key)),
    Option.map((judge) => {
      const objection = judge(value)
      return objection === undefined ? ignoredAt(path) : problem(path, objection)
    })
  )

const property = (ast: AST.TypeLiteral, key: string, value: unknown, path: KeyPath, env: Env): Known => {
  const names = ast.propertySignatures.map(({ name }) => String(name))
  const signature = ast.propertySignatures.find(({ name }) => name === key)
  if (signature !== undefined) return pick(signature.type, value, path, env)
  const other = otherKey(ast, key, value, path)
  if (Option.isSome(other)) return other.value
  const index = ast.indexSignatures[0]
  if (index === undefined) return problem(path, unknownKey(key, names))
  if (index.type._tag === "UnknownKeyword") {
    return nearest(key, names) === undefined ? ignoredAt(path) : problem(path, unknownKey(key, names))
  }
  const accepted = ParseResult.validateEither(Schema.make(index.parameter))(key)
  const isSecret = Option.getOrElse(AST.getAnnotation<SecretKeys>(ast, SecretKeysId), () => () => false)
  const type = isSecret(key) ? AST.annotations(index.type, { [SecretId]: true }) : index.type
  return Either.isRight(accepted)
    ? pick(type, value, path, env)
    : problem(path, `expected ${expectedOf(index.parameter)} as the key; got ${show(key)}`)
}

/**
 * Keeps the part of `value` that the schema `ast` knows, with `${NAME}` filled in. Strings in parts that are not
 * read may name variables that are not set. Values of the wrong kind are kept for decoding to complain about.
 */
export const pick = (ast: AST.AST, value: unknown, path: KeyPath, env: Env): Known => {
  const isOther = Option.getOrElse(AST.getAnnotation<OtherValues>(ast, OtherValuesId), () => () => false)
  if (isOther(value)) return ignoredAt(path)
  if (typeof value === "string") {
    return substitute(value, path, env, Option.isSome(AST.getAnnotation(ast, SecretId)))
  }
  switch (ast._tag) {
    case "Union": {
      const member = isObject(value) ? memberFor(ast, value) : undefined
      return member === undefined ? known(value) : pick(member, value, path, env)
    }
    case "TupleType": {
      if (!Array.isArray(value)) return known(value)
      const items = value.map((item: unknown, at) => {
        const type = ast.elements[at]?.type ?? ast.rest[0]?.type
        return type === undefined ? known(item) : pick(type, item, [...path, at], env)
      })
      return { value: items.map((item) => item.value), ...together(items) }
    }
    case "TypeLiteral": {
      if (!isObject(value)) return known(value)
      const entries = Object.entries(value).map(([key, inner]) => ({
        key,
        ...property(ast, key, inner, [...path, key], env)
      }))
      return {
        value: Object.fromEntries(
          entries.flatMap((entry) => (entry.value === undefined ? [] : [[entry.key, entry.value]]))
        ),
        ...together(entries)
      }
    }
    default:
      return known(value)
  }
}
