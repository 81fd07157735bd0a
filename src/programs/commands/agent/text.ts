/** What came of asking an agent, for people and for programs. */

import { Schema } from "effect"
import { harmless } from "../../../layers/terminal/harmless.ts"
import type { AgentRuntime } from "../../../schemas/Config.ts"
import type { Part } from "../../../schemas/Delivery.ts"
import { partInWords } from "../../../schemas/partWords.ts"
import type { AgentInput } from "../../../services/AgentInputs.ts"
import type { Note, Tried } from "./Tried.ts"

/** A text of an input that is longer is a picture, or a long conversation: its beginning says which. */
const LONGEST = 4000
const BEGINNING = 100

const abbreviated = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, BEGINNING)}… (${text.length} characters)`

/** A value with its long texts cut: a picture in base64 says nothing to a reader. */
const shortened = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? abbreviated(value) : value

const parseJson = Schema.decodeUnknownOption(Schema.parseJson())

/** A body as it is read best: JSON on lines of its own, whether it is text by now or not. */
const pretty = (body: unknown): string => {
  const parsed = typeof body === "string" ? parseJson(body) : undefined
  const value = parsed?._tag === "Some" ? parsed.value : body
  return typeof value === "string" ? abbreviated(value) : JSON.stringify(value, shortened, 2)
}

/** An address without who asks, and without what stands behind its `?`: keys can stand in both. */
const address = (url: string): string => {
  if (!URL.canParse(url)) return url
  const { host, pathname, protocol } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

const indented = (text: string): ReadonlyArray<string> =>
  harmless(text)
    .split("\n")
    .map((line) => `    ${line}`.trimEnd())

const inputLines = (input: AgentInput): ReadonlyArray<string> => {
  if (input._tag === "Request") return [`  POST ${address(input.url)}`, ...indented(pretty(input.body))]
  return input.input === ""
    ? [`  ${input.program}, by its arguments:`, ...input.args.flatMap(indented)]
    : [`  ${input.program}, on its stdin:`, ...indented(pretty(input.input))]
}

const partLines = (part: Part, index: number): ReadonlyArray<string> =>
  part._tag === "Text"
    ? [`  ${index + 1}. a text of ${part.text.length} characters`, ...indented(part.text)]
    : [`  ${index + 1}. the ${harmless(partInWords(part))}`]

const noteLines = ({ hint, message, stderr }: Note): ReadonlyArray<string> => [
  `  ${harmless(message)}`,
  ...(stderr === undefined ? [] : indented(stderr)),
  ...(hint === undefined ? [] : [`    → ${harmless(hint)}`])
]

const section = (heading: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", heading, ...lines]

/** What answers, in a few words. */
export const runtimeInWords = (runtime: AgentRuntime): string => {
  switch (runtime.type) {
    case "openai":
    case "anthropic":
      return `${runtime.model} at ${address(runtime.baseUrl)}`
    case "command":
    case "cli":
    case "acp":
      return runtime.command[0]
    case "webhook":
      return address(runtime.url)
    case "echo":
      return "an echo of what it is told"
  }
}

const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`)

const outcome = ({ durationMs, error, parts }: Tried): string => {
  if (error !== undefined) return `It failed after ${seconds(durationMs)}: ${error.code}.`
  return parts.length === 0
    ? `It answered after ${seconds(durationMs)}, and has nothing to say: nothing would be sent.`
    : `It answered after ${seconds(durationMs)}.`
}

/** What a failure repeats of others' words, beside its message: an error page, a complaint. */
const saidOf = ({ error }: Tried): ReadonlyArray<string> =>
  error === undefined || error.report === error.message
    ? []
    : indented(error.report.slice(error.message.length).replace(/^: /u, ""))

/** For people. The failure itself is not in it: commands end with theirs. */
export const inText = (tried: Tried): string =>
  [
    `Agent ${tried.agent.id}: ${harmless(runtimeInWords(tried.agent.runtime))}`,
    ...section(
      tried.inputs.length > 1 ? `It was asked ${tried.inputs.length} times, with` : "It was given",
      tried.inputs.flatMap(inputLines)
    ),
    "",
    outcome(tried),
    ...section("What it said of that", saidOf(tried)),
    ...section(
      tried.error === undefined ? "What would be sent" : "What would have been sent before it failed",
      tried.parts.flatMap(partLines)
    ),
    ...section("Signs of life that it gave", tried.interim.flatMap(indented)),
    ...section("What the log would say", tried.notes.flatMap(noteLines)),
    "",
    "Nothing was sent to anybody, and the gateway remembers nothing of it."
  ].join("\n")

/** For programs. */
export const inJson = ({ agent, durationMs, error, inputs, interim, notes, parts }: Tried): string =>
  JSON.stringify(
    {
      ok: error === undefined,
      agent: agent.id,
      runtime: agent.runtime.type,
      durationMs,
      inputs: inputs.map((input) =>
        input._tag === "Request"
          ? { url: address(input.url), body: input.body }
          : input.input === ""
            ? { program: input.program, args: input.args }
            : { program: input.program, stdin: input.input }
      ),
      parts: parts.map((part) =>
        part._tag === "File"
          ? { file: part.path }
          : part._tag === "Text"
            ? { text: part.text }
            : { act: partInWords(part) }
      ),
      interim,
      notes,
      ...(error === undefined ? {} : { error: { code: error.code, message: error.report, hint: error.hint } })
    },
    shortened,
    2
  )
