/**
 * A config without what people wrote into it: its keys, its numbers and its choices are shown, of its texts only those
 * that say where something lies. What nobody thought of is not shown.
 */
import { type SchemaAST as AST, Either } from "effect"
import { ConfigFile } from "../../../schemas/Config.ts"
import { databaseName } from "../../../schemas/config/databaseName.ts"
import { isObject } from "../../../schemas/config/keys.ts"
import { programWithoutArguments } from "../../../schemas/config/withoutSecrets.ts"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import { kindOf } from "../../../schemas/HandleKind.ts"
import type { Redact } from "./redactor.ts"

/** Keys whose texts say where something is, or which. */
const PLACES: ReadonlySet<string> = new Set(["dbPath", "stateDir", "model", "region", "host"])
/** Of a program with its arguments only the program is shown. */
const PROGRAM = "cliPath"
/** Of an address only the server is shown. */
const ADDRESSES: ReadonlySet<string> = new Set(["baseUrl", "url"])
/** Keys of which the names below are the owner's own, and needed to understand the rest. */
const NAMING: ReadonlySet<string> = new Set(["accounts"])

/** A variable, everybody, and a chat by its number. */
const HARMLESS = /^(?:\$\{\w+\}|\*|(?:chat_id:)?\d{1,6})$/u

/** No key's number is as large as a phone number with its country code. */
const LARGEST = 1_000_000_000

interface Vocabulary {
  readonly keys: Set<string>
  readonly choices: Set<unknown>
}

const collect = (ast: AST.AST, seen: Set<AST.AST>, words: Vocabulary): void => {
  if (seen.has(ast)) return
  seen.add(ast)
  const into = (parts: ReadonlyArray<AST.AST>) => {
    for (const part of parts) collect(part, seen, words)
  }
  switch (ast._tag) {
    case "Literal":
      words.choices.add(ast.literal)
      return
    case "TypeLiteral":
      for (const { name } of ast.propertySignatures) if (typeof name === "string") words.keys.add(name)
      into([...ast.propertySignatures, ...ast.indexSignatures].map(({ type }) => type))
      return
    case "Union":
      into(ast.types)
      return
    case "TupleType":
      into([...ast.elements, ...ast.rest].map(({ type }) => type))
      return
    case "Refinement":
    case "Transformation":
      into([ast.from])
      return
    case "Declaration":
      into(ast.typeParameters)
      return
    case "Suspend":
      into([ast.f()])
  }
}

/** All keys and all choices that any config may have. */
const vocabulary: Vocabulary = { keys: new Set(), choices: new Set() }
collect(ConfigFile.ast, new Set(), vocabulary)

const isHandle = (text: string): boolean => {
  const kind = kindOf(normaliseHandle(text, "US"))
  return kind === "phone" || kind === "email"
}

const hidden = (text: string): string => `(text, ${text.length} characters)`

const serverOf = (text: string): string => (URL.canParse(text) ? new URL(text).origin : hidden(text))

const textOf = (key: string, text: string, redact: Redact): string => {
  if (vocabulary.choices.has(text) || HARMLESS.test(text)) return text
  if (PLACES.has(key)) return redact(text)
  if (key === PROGRAM) return redact(programWithoutArguments(text))
  if (ADDRESSES.has(key)) return redact(serverOf(text))
  return isHandle(text) ? redact(text) : hidden(text)
}

const keyOf = (parent: string, key: string, at: number, redact: Redact): string =>
  vocabulary.keys.has(key) || HARMLESS.test(key) ? key : NAMING.has(parent) ? redact(key) : `(key ${at + 1})`

const shown = (key: string, value: unknown, redact: Redact): unknown => {
  if (typeof value === "string") return textOf(key, value, redact)
  if (typeof value === "number") {
    return value < LARGEST && vocabulary.keys.has(key) ? value : redact(String(value))
  }
  if (Array.isArray(value)) {
    // Numbers in a list are handles without their quotes.
    return value.map((entry) => shown(key, typeof entry === "number" ? String(entry) : entry, redact))
  }
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, entry], at) => [
      keyOf(key, name, at, redact),
      shown(name, entry, redact)
    ])
  )
}

/** Keys of a cluster whose texts say which host this is, and where. */
const OF_HOST: ReadonlySet<string> = new Set(["name", "address", "listen"])

/** The hosts of a cluster are machines: what each is called, and where it is, is needed to understand the rest. */
const shownCluster = (raw: unknown, redact: Redact): unknown => {
  const section = shown("cluster", raw, redact)
  if (!isObject(raw) || !isObject(section)) return section
  const place = (key: string, value: unknown) =>
    OF_HOST.has(key) && typeof value === "string" && !vocabulary.choices.has(value)
      ? redact(value)
      : key === "postgres" && isObject(value) && typeof value.url === "string" && !HARMLESS.test(value.url)
        ? { url: redact(databaseName(value.url)) }
        : section[key]
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, place(key, value)]))
}

/** The parsed file as it may be shown; sections that the gateway does not read are only counted. */
export const shownConfig = (raw: unknown, redact: Redact): unknown => {
  if (!isObject(raw)) return {}
  const entries = Object.entries(raw)
  const read = entries.filter(([key]) => vocabulary.keys.has(key))
  const others = entries.length - read.length
  return {
    ...Object.fromEntries(
      read.map(([key, value]) => [
        key,
        key === "cluster" ? shownCluster(value, redact) : shown(key, value, redact)
      ])
    ),
    ...(others === 0 ? {} : { "(sections that are not read)": others })
  }
}

/** Keys whose texts are nobody's business; of a command the program is no secret. */
const SECRET = /token|key|secret|passw|auth|header|env|command|args/iu
const SHORTEST_SECRET = 6
const POSTGRES = /^postgres(?:ql)?:/iu

const decoded = (text: string): string =>
  Either.getOrElse(
    Either.try(() => decodeURIComponent(text)),
    () => text
  )

/** What may let somebody in of an address: as it stands there, and as programs take it apart. */
const inAddress = (text: string): ReadonlyArray<string> => {
  if (!URL.canParse(text)) return []
  const { hash, password, search, searchParams, username } = new URL(text)
  const written = [username, password, search.slice(1), hash.slice(1)]
  return [...new Set([...written, ...written.map(decoded), ...searchParams.values()])]
}

/** The password in an address, as it stands there and as programs take it apart. */
export const passwordIn = (text: string): ReadonlyArray<string> => {
  const { password } = URL.canParse(text) ? new URL(text) : { password: "" }
  return [...new Set([password, decoded(password)])].filter((one) => one.length >= SHORTEST_SECRET)
}

/** The arguments of a command line, without their quotes, and of an option only its value: `-pVALUE`, `--name=VALUE`. */
const inArguments = (line: string): ReadonlyArray<string> =>
  line
    .trim()
    .split(/\s+/u)
    .slice(1)
    .map((word) => word.replaceAll(/["']/gu, "").replace(/^(?:--[^=]*=?|-\w?)/u, ""))

/** Every text of the file below such a key, and of the others what stands in addresses: what else quotes it must not show it. */
export const secretsOf = (raw: unknown, key = "", isSecret = false): ReadonlyArray<string> => {
  if (typeof raw === "string") {
    const found = [
      ...(isSecret && !vocabulary.choices.has(raw) ? [raw] : []),
      ...(key === PROGRAM ? inArguments(raw) : []),
      // Who opens the database of a cluster is called as much else is: the password is what is secret.
      ...(POSTGRES.test(raw) ? passwordIn(raw) : inAddress(raw))
    ]
    return found.filter((text) => text.length >= SHORTEST_SECRET)
  }
  if (Array.isArray(raw)) return raw.flatMap((entry) => secretsOf(entry, key, isSecret))
  return isObject(raw)
    ? Object.entries(raw).flatMap(([name, entry]) =>
        secretsOf(
          name === "command" && Array.isArray(entry) ? entry.slice(1) : entry,
          name,
          isSecret || SECRET.test(name)
        )
      )
    : []
}
