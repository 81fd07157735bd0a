/**
 * The statements of the stores as PostgreSQL reads them. They are written so that both databases can; what is left
 * is how values are bound, how a list in JSON is unrolled, and how bytes are counted.
 */
import type { Bound, Value } from "../database/Step.ts"

/**
 * A statement, and the names of what is bound to it in the order of its numbers; none where it is bound by place. `lists`
 * are the numbers of what is a list in JSON.
 */
export interface Translated {
  readonly sql: string
  readonly names: ReadonlyArray<string>
  readonly lists: ReadonlySet<number>
}

/** What was found of a statement so far. */
interface Found {
  readonly names: Array<string>
  readonly lists: Set<number>
  places: number
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
const translateWithin = (sql: string, found: Found): string => {
  const { lists, names } = found
  let out = ""
  let at = 0
  const inner = (from: number, end: number) => translateWithin(sql.slice(from, end - 1), found)
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
      found.places++
      out += `$${found.places}`
      at++
    } else if (each !== undefined) {
      const end = endOf(sql, at + each.length)
      const alias = matchAt(ALIAS, sql, end)
      const list = inner(at + each.length, end)
      if (/^\$\d+$/u.test(list)) lists.add(Number(list.slice(1)))
      out += `json_array_elements_text(CAST(${list} AS JSON))${alias ?? " AS listed"}(value)`
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
  const found: Found = { names: [], lists: new Set(), places: 0 }
  return { sql: translateWithin(sql, found), names: found.names, lists: found.lists }
}

/** A text holds no NUL in PostgreSQL; one that came in a message must not stop everything. */
const bindable = (value: Value): Value =>
  typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\uFFFD") : value

/** As JSON writes a NUL, behind any number of backslashes that stand for themselves. */
const NUL_IN_JSON = /(?<!\\)((?:\\\\)*)\\u0000/gu

/** The same of a list in JSON: a NUL is written out there. */
const bindableList = (value: Value): Value =>
  typeof value === "string" ? value.replace(NUL_IN_JSON, "$1\\ufffd") : value

const isNamed = (bound: Bound): bound is readonly [Readonly<Record<string, Value>>] => {
  const [first] = bound
  return typeof first === "object" && first !== null && !(first instanceof Uint8Array)
}

/** What is bound to a statement, in the order of its numbers. */
export const inOrder = ({ lists, names }: Translated, bound: Bound): ReadonlyArray<Value> => {
  const taken = (value: Value, at: number) => (lists.has(at + 1) ? bindableList(value) : bindable(value))
  if (!isNamed(bound)) return bound.map(taken)
  const [values] = bound
  return names.map((name, at) => {
    const value = values[name]
    if (value === undefined) throw new TypeError(`nothing is bound to $${name}`)
    return taken(value, at)
  })
}
