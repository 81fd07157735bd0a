/**
 * The statements of the stores as PostgreSQL reads them. They are written so that both databases can; what is left
 * is how values are bound, how a list in JSON is unrolled, and how bytes are counted.
 */
import type { Bound, Value } from "../database/Step.ts"

/** A statement, and the names of what is bound to it in the order of its numbers; none where it is bound by place. */
export interface Translated {
  readonly sql: string
  readonly names: ReadonlyArray<string>
}

/** What is taken as it stands: words in quotes, names in quotes, comments. */
const AS_IT_STANDS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*/uy
const NAME = /\$[A-Za-z_]\w*/uy
const JSON_EACH = /\bjson_each\(/iuy
const CAST = /\bCAST\(/iuy
const ALIAS = /\s+AS\s+\w+/iuy

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** Where the parenthesis ends that is open before a place: behind it. */
const endOf = (sql: string, from: number): number => {
  let depth = 1
  let at = from
  while (at < sql.length && depth > 0) {
    const whole = matchAt(AS_IT_STANDS, sql, at)
    if (whole === undefined) {
      if (sql[at] === "(") depth++
      if (sql[at] === ")") depth--
    }
    at += whole?.length ?? 1
  }
  return at
}

/** Whatever of a statement is written differently, from its beginning on. */
const translateWithin = (sql: string, names: Array<string>, count: { places: number }): string => {
  let out = ""
  let at = 0
  const inner = (from: number, end: number) => translateWithin(sql.slice(from, end - 1), names, count)
  while (at < sql.length) {
    const whole = matchAt(AS_IT_STANDS, sql, at)
    const name = matchAt(NAME, sql, at)
    const each = matchAt(JSON_EACH, sql, at)
    const cast = matchAt(CAST, sql, at)
    if (whole !== undefined) {
      out += whole
      at += whole.length
    } else if (name !== undefined) {
      if (!names.includes(name.slice(1))) names.push(name.slice(1))
      out += `$${names.indexOf(name.slice(1)) + 1}`
      at += name.length
    } else if (sql[at] === "?") {
      count.places++
      out += `$${count.places}`
      at++
    } else if (each !== undefined) {
      const end = endOf(sql, at + each.length)
      const alias = matchAt(ALIAS, sql, end)
      out += `json_array_elements_text(CAST(${inner(at + each.length, end)} AS JSON))${alias ?? " AS listed"}(value)`
      at = end + (alias?.length ?? 0)
    } else if (cast !== undefined) {
      const end = endOf(sql, at + cast.length)
      const within = inner(at + cast.length, end)
      out += /\sAS\s+BLOB$/iu.test(within)
        ? `convert_to(${within.replace(/\sAS\s+BLOB$/iu, "")}, 'UTF8')`
        : `CAST(${within})`
      at = end
    } else {
      out += sql[at]
      at++
    }
  }
  return out
}

/** A statement that is written for both databases, as PostgreSQL reads it. */
export const translate = (sql: string): Translated => {
  const names: Array<string> = []
  return { sql: translateWithin(sql, names, { places: 0 }), names }
}

/** A text holds no NUL in PostgreSQL; one that came in a message must not stop everything. */
const bindable = (value: Value): Value =>
  typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\uFFFD") : value

const isNamed = (bound: Bound): bound is readonly [Readonly<Record<string, Value>>] => {
  const [first] = bound
  return typeof first === "object" && first !== null && !(first instanceof Uint8Array)
}

/** What is bound to a statement, in the order of its numbers. */
export const inOrder = ({ names }: Translated, bound: Bound): ReadonlyArray<Value> => {
  if (!isNamed(bound)) return bound.map(bindable)
  const [values] = bound
  return names.map((name) => {
    const value = values[name]
    if (value === undefined) throw new TypeError(`nothing is bound to $${name}`)
    return bindable(value)
  })
}
