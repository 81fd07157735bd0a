/**
 * The config as it may be shown. What its schema marks as a secret is `Redacted` in it and goes, whatever its key; so does
 * where secrets stand although no schema can tell: values of environments and headers, arguments of programs, what an
 * address has beside its host. Names of keys, variables and headers stay.
 */
import { Redacted } from "effect"
import { isSecretName } from "./values.ts"

const HIDDEN = "…"

export type Shown =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<Shown>
  | { readonly [key: string]: Shown }

/** Records whose values are hidden, each. */
const RECORDS: ReadonlyArray<string> = ["env", "headers"]
/** A program and its arguments: the program is shown. */
const PROGRAMS: ReadonlyArray<string> = ["command", "cliPath"]
/** Arguments alone. */
const ARGUMENTS: ReadonlyArray<string> = ["args", "resumeArgs", "systemPromptArgs", "fileArgs"]
/** Paths that say which interface an address is, and nothing else. */
const PLAIN_PATH = /^\/(?:(?:api|openai|v\d+)\/?)*$/u

/** An address without what may let somebody in: names and passwords, queries, and paths, as webhooks have them. */
export const addressWithoutSecrets = (address: string): string => {
  if (!URL.canParse(address)) return HIDDEN
  const { hash, origin, pathname, search } = new URL(address)
  const path = PLAIN_PATH.test(pathname) && search === "" && hash === "" ? pathname : `/${HIDDEN}`
  return `${origin}${path === "/" ? "" : path}`
}

/** A program without its arguments. */
export const programWithoutArguments = (program: string | ReadonlyArray<string>): string => {
  const [first = "", ...others] = typeof program === "string" ? program.trim().split(/\s+/u) : program
  return others.length === 0 ? first : `${first} ${HIDDEN}`
}

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === "string"

const textUnder = (key: string, text: string): string => {
  if (isSecretName(key)) return HIDDEN
  if (PROGRAMS.includes(key)) return programWithoutArguments(text)
  return /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? addressWithoutSecrets(text) : text
}

const listUnder = (key: string, list: ReadonlyArray<unknown>): Shown => {
  if (PROGRAMS.includes(key) && list.every(isText)) return programWithoutArguments(list)
  if (ARGUMENTS.includes(key)) return list.map(() => HIDDEN)
  return list.map((value) => under(key, value))
}

const recordUnder = (key: string, record: object): Shown =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, RECORDS.includes(key) ? HIDDEN : under(name, value)])
  )

const under = (key: string, value: unknown): Shown => {
  if (Redacted.isRedacted(value)) return HIDDEN
  if (isText(value)) return textUnder(key, value)
  if (typeof value === "number" || typeof value === "boolean") return value
  if (isList(value)) return listUnder(key, value)
  return typeof value === "object" && value !== null ? recordUnder(key, value) : null
}

/** The config, or a part of it, as plain data without secrets. */
export const withoutSecrets = (config: object): Shown => under("", config)
