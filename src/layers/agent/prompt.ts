/** A turn as text for an agent that reads text. */
import { Array as Arr } from "effect"
import type { HistoryEntry, Turn, TurnFiles, TurnMessage } from "../../schemas/Turn.ts"

const eachLine = (text: string, mark: string): string =>
  text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/u)
    .map((line) => `${mark} ${line}`)
    .join("\n")

/** People choose their own names: none may look like the end of one and the start of another. */
const speaker = ({ sender, senderName }: { readonly sender: string; readonly senderName?: string }): string =>
  `[${(senderName ?? sender).replace(/[\s[\]]+/gu, " ").trim()}]`

/** A name of a file can hold anything; its line must stay one line. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ")

const files = ({ attachments, withheld }: TurnFiles): ReadonlyArray<string> => [
  ...attachments.map(({ mimeType, path }) => oneLine(`[attachment: ${mimeType} ${path}]`)),
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

/** In a group every line starts with `[<name or handle>]`, so that nobody can write in another's name. */
const groupPrompt = ({ envelopes, history }: Turn): string => {
  const now = Arr.map(envelopes, (envelope) => eachLine(message(envelope), speaker(envelope))).join("\n")
  if (history.length === 0) return now
  const before = history.map((entry) => eachLine(earlier(entry), speaker(entry))).join("\n")
  return `Earlier in this group, not addressed to you:\n${before}\n\nNow, addressed to you:\n${now}`
}

/** The prompt of a turn: a group's `systemPrompt`, then what was said since the last reply, then the messages. */
export const prompt = (turn: Turn): string => {
  const said = turn.isGroup ? groupPrompt(turn) : Arr.map(turn.envelopes, message).join("\n")
  return turn.systemPrompt === undefined ? said : `${turn.systemPrompt}\n\n${said}`
}
