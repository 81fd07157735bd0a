/** A turn as text for an agent that reads text. */
import { Array as Arr } from "effect"
import type { Envelope } from "../../schemas/Envelope.ts"
import type { Turn } from "../../schemas/Turn.ts"

const eachLine = (text: string, mark: string): string =>
  text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/u)
    .map((line) => `${mark} ${line}`)
    .join("\n")

/** People choose their own names: none may look like the end of one and the start of another. */
const speaker = ({ sender, senderName }: { readonly sender: string; readonly senderName?: string }): string =>
  `[${(senderName ?? sender).replace(/[\s[\]]+/gu, " ").trim()}]`

const message = (envelope: Envelope): string =>
  [
    ...(envelope.replyTo === undefined ? [] : [eachLine(envelope.replyTo.text, ">")]),
    ...(envelope.text === "" ? [] : [envelope.text]),
    ...envelope.attachments.map((file) => `[attachment: ${file.mimeType} ${file.path}]`)
  ].join("\n")

/**
 * The prompt of a turn. In a group every line starts with `[<name or handle>]`, so that nobody can write in
 * another's name, and what was said since the last reply stands before it under a heading of its own.
 */
export const prompt = (turn: Turn): string => {
  if (!turn.isGroup) return Arr.map(turn.envelopes, message).join("\n")
  const now = Arr.map(turn.envelopes, (envelope) => eachLine(message(envelope), speaker(envelope))).join("\n")
  if (turn.history.length === 0) return now
  const before = turn.history.map((entry) => eachLine(entry.text, speaker(entry))).join("\n")
  return `Earlier in this group, not addressed to you:\n${before}\n\nNow, addressed to you:\n${now}`
}
