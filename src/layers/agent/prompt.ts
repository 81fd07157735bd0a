/** A turn as text for an agent that reads text. */
import { Array as Arr } from "effect"
import type { AgentConfig } from "../../schemas/Config.ts"
import { CUT_MARK } from "../../schemas/cut.ts"
import { oneLine, unbroken } from "../../schemas/oneLine.ts"
import type { HistoryEntry, Turn, TurnFiles, TurnMessage } from "../../schemas/Turn.ts"
import { namesOf } from "./speakers.ts"

const eachLine = (text: string, mark: string): string =>
  text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/u)
    .map((line) => `${mark} ${line}`)
    .join("\n")

/** A name of a file can hold anything; its line must stay one line. */
const files = ({ attachments, withheld }: TurnFiles): ReadonlyArray<string> => [
  ...attachments.flatMap(({ mimeType, path, transcript }) => [
    unbroken(`[attachment: ${mimeType} ${path}]`),
    ...(transcript === undefined ? [] : [`[voice note: ${oneLine(transcript)}]`])
  ]),
  ...withheld.map(({ kind, reason }) => `[attachment withheld: ${kind}, ${reason}]`)
]

const message = (envelope: TurnMessage): string =>
  [
    ...(envelope.replyTo === undefined ? [] : [eachLine(envelope.replyTo.text, ">")]),
    ...(envelope.text === "" ? [] : [envelope.text]),
    ...files(envelope)
  ].join("\n")

const earlier = (entry: HistoryEntry): string =>
  [...(entry.text === "" ? [] : [entry.text]), ...files(entry)].join("\n")

/** What an agent is called. */
export type AgentNames = Pick<AgentConfig, "id" | "name">

/** In a group every line starts with `[<name or handle>]`, so that nobody can write in another's name. */
const groupPrompt = (turn: Turn, { id, name }: AgentNames): string => {
  const { envelopes, history } = turn
  const nameOf = namesOf(turn, name === undefined ? [id] : [id, name])
  const now = Arr.map(envelopes, (envelope) => eachLine(message(envelope), `[${nameOf(envelope)}]`)).join(
    "\n"
  )
  if (history.length === 0) return now
  const before = history.map((entry) => eachLine(earlier(entry), `[${nameOf(entry)}]`)).join("\n")
  const left = turn.isHistoryCut === true ? `${CUT_MARK}\n` : ""
  return `Earlier in this group, not addressed to you:\n${left}${before}\n\nNow, addressed to you:\n${now}`
}

/** The prompt of a turn: a group's `systemPrompt`, then what was said since the last reply, then the messages. */
export const prompt = (turn: Turn, agent: AgentNames): string => {
  const said = turn.isGroup ? groupPrompt(turn, agent) : Arr.map(turn.envelopes, message).join("\n")
  return turn.systemPrompt === undefined ? said : `${turn.systemPrompt}\n\n${said}`
}
