/** A line of the log as it may be shown: when, how grave, the gateway's own words, and ids. */
import { Option, Schema } from "effect"
import type { OwnWords } from "./ownWords.ts"
import type { Redact } from "./redactor.ts"

const Line = Schema.parseJson(
  Schema.Struct({
    message: Schema.Unknown,
    logLevel: Schema.Literal("ALL", "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "OFF"),
    timestamp: Schema.String.pipe(Schema.pattern(/^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/u)),
    cause: Schema.optional(Schema.String),
    annotations: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.Unknown }), {
      default: () => ({})
    })
  })
)
const decode = Schema.decodeUnknownOption(Line)

/** Annotations that name something of the gateway's. Their values are one word. */
const NAMES: ReadonlySet<string> = new Set([
  "account",
  "agent",
  "delivery",
  "id",
  "session",
  "turn",
  "version"
])
const ONE_WORD = /^[\w:;.#*+~()/-]{1,200}$/u

/**
 * A session has who it is with at its end: the number of a group's chat is nobody's name, and `person-1` is one no more.
 * Any other is not shown: a name may stand in a config that cannot be read, or that was another one then.
 */
const WHOSE = /((?:^|:)(?:direct|group):)(?!(?:person-)?\d+$).*$/su

/** What is longer could be a phone number without its quotes. */
const FEWER_DIGITS_THAN_NUMBERS = 1_000_000
/** Annotations are called by one word of the program. */
const KEY = /^[a-z][a-zA-Z]{0,30}$/u
const MORE = "..."

/** Where in the program something was; no sentence has this form. */
const FRAME = /^\s*at (?:[\w.$<>]+ )?\(?(?:file:\/\/)?(?:[\w.~-]*\/)*(?<place>[\w.-]+:\d+:\d+)\)?$/u

export interface ShownLine {
  readonly at: string
  readonly level: string
  readonly message: string
  readonly [annotation: string]: unknown
}

const annotationOf = (key: string, value: unknown, own: OwnWords, redact: Redact): unknown => {
  if (typeof value === "boolean" || value === null) return value
  if (typeof value === "number") return Math.abs(value) < FEWER_DIGITS_THAN_NUMBERS ? value : MORE
  if (typeof value !== "string") return MORE
  if (NAMES.has(key)) {
    const named = redact(value).replace(WHOSE, `$1${MORE}`)
    return ONE_WORD.test(named) ? named : MORE
  }
  return redact(own(value))
}

const wordsOf = (message: unknown): string =>
  (Array.isArray(message) ? message : [message])
    .map((part: unknown) => (typeof part === "string" ? part : MORE))
    .join(" ")

const framesOf = (cause: string): ReadonlyArray<string> =>
  cause.split("\n").flatMap((line) => FRAME.exec(line)?.groups?.place ?? [])

/** Nothing for what is no line of the gateway's. */
export const shownLine = (text: string, own: OwnWords, redact: Redact): Option.Option<ShownLine> =>
  Option.map(decode(text), ({ annotations, cause, logLevel, message, timestamp }) => ({
    ...Object.fromEntries(
      Object.entries(annotations).flatMap(([key, value]) =>
        KEY.test(key) ? [[key, annotationOf(key, value, own, redact)]] : []
      )
    ),
    ...(cause === undefined ? {} : { stack: framesOf(cause) }),
    at: timestamp,
    level: logLevel,
    message: redact(own(wordsOf(message)))
  }))
