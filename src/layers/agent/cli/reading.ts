/** What an agent of the command line has written, by the rules of its preset. Pure: an event, and what was read before. */
import { Chunk, Option, Predicate, Schema } from "effect"
import type { Match, OutputRules, Place } from "../../../schemas/config/runtimes/presets.ts"

/** What was read so far. */
export interface Reading {
  /** The texts since the last work, and those from before it. */
  readonly texts: Chunk.Chunk<string>
  readonly before: Chunk.Chunk<string>
  readonly session?: string
  /** What it says of its failure, where it says that it has failed; may be empty. */
  readonly failure?: string
  /** Whether anything was written that is no failure: then nobody can say that nothing was done. */
  readonly hasBegun: boolean
  /** Whether it has said that its answer is whole. */
  readonly hasEnded: boolean
  /** The first that it wrote and is no JSON. */
  readonly noJson?: string
}

export const NOTHING_READ: Reading = {
  texts: Chunk.empty(),
  before: Chunk.empty(),
  hasBegun: false,
  hasEnded: false
}

/** A session is named on a command line: nothing that could be read as an option is a name. */
const SESSION_NAME = /^[A-Za-z0-9][\w.:-]{0,199}$/u

const valueAt = (event: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((value, key) => (Predicate.hasProperty(value, key) ? value[key] : undefined), event)

const textAt = (event: unknown, path: string): string | undefined => {
  const value = valueAt(event, path)
  return typeof value === "string" ? value : undefined
}

const matches =
  (event: unknown) =>
  (when: Match): boolean =>
    Object.entries(when).every(([path, value]) => valueAt(event, path) === value)

const textIn = (event: unknown, { at, when }: Place): string | undefined =>
  matches(event)(when) ? textAt(event, at) : undefined

/** One event more. */
const readEvent = (rules: OutputRules, reading: Reading, event: unknown): Reading => {
  const failed = rules.failures.find(({ when }) => matches(event)(when))
  if (failed !== undefined) {
    const words = failed.at.map((path) => textAt(event, path)).find(Predicate.isNotUndefined)
    return { ...reading, failure: words ?? "" }
  }
  const session = rules.session === undefined ? undefined : textIn(event, rules.session)
  const text = textIn(event, rules.text)
  const hasWorked = rules.work.some(matches(event))
  return {
    ...reading,
    ...(session !== undefined && SESSION_NAME.test(session) ? { session } : {}),
    ...(hasWorked && Chunk.isNonEmpty(reading.texts) ? { before: reading.texts, texts: Chunk.empty() } : {}),
    ...(text === undefined
      ? {}
      : { texts: rules.pieces ? Chunk.append(reading.texts, text) : Chunk.of(text) }),
    hasBegun: true,
    hasEnded: reading.hasEnded || rules.end.some(matches(event))
  }
}

const parse = Schema.decodeUnknownOption(Schema.parseJson())

/** One line more of an output with an event on each. What is no JSON is passed over: programs greet, and warn. */
export const readLine = (rules: OutputRules, reading: Reading, line: string): Reading => {
  if (line.trim() === "") return reading
  return Option.match(parse(line), {
    onNone: () => ({ ...reading, hasBegun: true, noJson: reading.noJson ?? line }),
    onSome: (event) => readEvent(rules, reading, event)
  })
}

/** A whole output, which is one JSON value: an event, or a list of them. */
export const readWhole = (rules: OutputRules, output: string): Reading => {
  if (output.trim() === "") return NOTHING_READ
  return Option.match(parse(output), {
    onNone: () => ({ ...NOTHING_READ, hasBegun: true, noJson: output }),
    onSome: (value) =>
      (Array.isArray(value) ? value : [value]).reduce<Reading>(
        (reading, event) => readEvent(rules, reading, event),
        NOTHING_READ
      )
  })
}

/** The answer, where it is whole. Empty is an answer too. */
export const answerIn = (
  { end }: OutputRules,
  { before, hasEnded, texts }: Reading
): Option.Option<string> => {
  const said = Chunk.isNonEmpty(texts) ? texts : before
  const isWhole = end.length > 0 ? hasEnded : Chunk.isNonEmpty(said)
  return isWhole ? Option.some(Chunk.join(said, "").trim()) : Option.none()
}
