/** A turn as text for an agent that reads text. */
import { Array as Arr } from "effect"
import type { AgentConfig } from "./Config.ts"
import { CUT_MARK } from "./cut.ts"
import { oneLine, unbroken } from "./oneLine.ts"
import { namesOf } from "./speakers.ts"
import type { GivenFile, HistoryEntry, Turn, TurnFiles, TurnMessage } from "./Turn.ts"

const eachLine = (text: string, mark: string): string =>
  text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/u)
    .map((line) => `${mark} ${line}`)
    .join("\n")

/** How a file is called to an agent. */
type Called = (file: GivenFile) => string

/** A name of a file can hold anything; its line must stay one line. */
const files = ({ attachments, withheld }: TurnFiles, called: Called): ReadonlyArray<string> => [
  ...attachments.flatMap((file) => [
    unbroken(`[attachment: ${file.mimeType} ${called(file)}]`),
    ...(file.transcript === undefined ? [] : [`[voice note: ${oneLine(file.transcript)}]`])
  ]),
  ...withheld.map(({ kind, reason }) => `[attachment withheld: ${kind}, ${reason}]`)
]

const message = (envelope: TurnMessage, called: Called): string =>
  [
    ...(envelope.replyTo === undefined ? [] : [eachLine(envelope.replyTo.text, ">")]),
    ...(envelope.text === "" ? [] : [envelope.text]),
    ...files(envelope, called)
  ].join("\n")

const earlier = (entry: HistoryEntry, called: Called): string =>
  [...(entry.text === "" ? [] : [entry.text]), ...files(entry, called)].join("\n")

/** What an agent is called. */
export type AgentNames = Pick<AgentConfig, "id" | "name">

/** In a group every line starts with `[<name or handle>]`, so that nobody can write in another's name. */
const groupPrompt = (turn: Turn, { id, name }: AgentNames, called: Called): string => {
  const { envelopes, history } = turn
  const nameOf = namesOf(turn, name === undefined ? [id] : [id, name])
  const now = Arr.map(envelopes, (envelope) =>
    eachLine(message(envelope, called), `[${nameOf(envelope)}]`)
  ).join("\n")
  if (history.length === 0) return now
  const before = history.map((entry) => eachLine(earlier(entry, called), `[${nameOf(entry)}]`)).join("\n")
  const left = turn.isHistoryCut === true ? `${CUT_MARK}\n` : ""
  return `Earlier in this group, not addressed to you:\n${left}${before}\n\nNow, addressed to you:\n${now}`
}

/** In a direct chat only reactions were kept; nobody's name is needed. */
const directPrompt = ({ envelopes, history }: Turn, called: Called): string => {
  const now = Arr.map(envelopes, (envelope) => message(envelope, called)).join("\n")
  if (history.length === 0) return now
  return `Since your last answer:\n${history.map(({ text }) => text).join("\n")}\n\nNow:\n${now}`
}

/**
 * What people said in a turn: what was said since the last reply, then the messages. Files are called by their paths, or as
 * `called` has it.
 */
export const said = (turn: Turn, agent: AgentNames, called: Called = ({ path }) => path): string =>
  turn.isGroup ? groupPrompt(turn, agent, called) : directPrompt(turn, called)

/** The prompt of a turn, for an agent that has one text for all: a group's `systemPrompt`, then what people said. */
export const prompt = (turn: Turn, agent: AgentNames): string =>
  turn.systemPrompt === undefined ? said(turn, agent) : `${turn.systemPrompt}\n\n${said(turn, agent)}`
