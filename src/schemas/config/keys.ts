/** Compares the keys of a config file with those of its schema, and fills in `${NAME}`. */
import { SchemaAST as AST, Either, Option, ParseResult, Schema } from "effect"
import { expectedOf, type KeyPath, type Problem, show } from "./problems.ts"
import { nearest } from "./spelling.ts"
import { type OtherKeys, OtherKeysId } from "./values.ts"

/** The variables of the environment. */
export type Env = { readonly [name: string]: string | undefined }

/** The part of a file that the schema knows, what is wrong with its keys, and the keys of other gateways. */
export interface Known {
  readonly value: unknown
  readonly problems: ReadonlyArray<Problem>
  readonly ignored: ReadonlyArray<KeyPath>
}

/** Whether a value is an object with keys. */
export const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const known = (value: unknown): Known => ({ value, problems: [], ignored: [] })

const problem = (path: KeyPath, message: string): Known => ({
  value: undefined,
  problems: [{ path, message }],
  ignored: []
})

/** `${NAME}`, or `$${NAME}` for the text `${NAME}` itself. */
const VARIABLE = /(\$?)\$\{([A-Za-z_]\w*)\}/g

const substitute = (text: string, path: KeyPath, env: Env): Known => {
  const unset = [...text.matchAll(VARIABLE)].flatMap(([, escaped, name = ""]) =>
    escaped === "" && env[name] === undefined ? [name] : []
  )
  return {
    value: text.replace(VARIABLE, (all, escaped: string, name: string) =>
      escaped === "" ? (env[name] ?? all) : all.slice(1)
    ),
    problems: [...new Set(unset)].map((name) => ({
      path,
      message: `the environment variable ${name} is not set; set it, or write $\${${name}} for the text itself`
    })),
    ignored: []
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

const ignoredAt = (path: KeyPath): Known => ({ value: undefined, problems: [], ignored: [path] })

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
  return Either.isRight(accepted)
    ? pick(index.type, value, path, env)
    : problem(path, `expected ${expectedOf(index.parameter)} as the key; got ${show(key)}`)
}

/**
 * Keeps the part of `value` that the schema `ast` knows, with `${NAME}` filled in. Strings in parts that are not
 * read may name variables that are not set. Values of the wrong kind are kept for decoding to complain about.
 */
export const pick = (ast: AST.AST, value: unknown, path: KeyPath, env: Env): Known => {
  if (typeof value === "string") return substitute(value, path, env)
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
      return {
        value: items.map((item) => item.value),
        problems: items.flatMap((item) => item.problems),
        ignored: items.flatMap((item) => item.ignored)
      }
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
        problems: entries.flatMap((entry) => entry.problems),
        ignored: entries.flatMap((entry) => entry.ignored)
      }
    }
    default:
      return known(value)
  }
}
