/** A turn as text for an agent that reads text. */
import { Array as Arr } from "effect"
import type { Envelope } from "../../schemas/Envelope.ts"
import type { Turn } from "../../schemas/Turn.ts"

const quote = (text: string): string =>
  text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n")

const speaker = ({ sender, senderName }: { readonly sender: string; readonly senderName?: string }): string =>
  `[${senderName ?? sender}]`

const message = (envelope: Envelope): string =>
  [
    ...(envelope.replyTo === undefined ? [] : [quote(envelope.replyTo.text)]),
    ...(envelope.text === "" ? [] : [envelope.text]),
    ...envelope.attachments.map((file) => `[attachment: ${file.mimeType} ${file.path}]`)
  ].join("\n")

/**
 * The prompt of a turn. In a group every message starts with `[<name or handle>]`, and what was said since the
 * last reply stands before it under a heading of its own.
 */
export const prompt = (turn: Turn): string => {
  if (!turn.isGroup) return Arr.map(turn.envelopes, message).join("\n")
  const now = Arr.map(turn.envelopes, (envelope) => `${speaker(envelope)} ${message(envelope)}`).join("\n")
  if (turn.history.length === 0) return now
  const before = turn.history.map((entry) => `${speaker(entry)} ${entry.text}`).join("\n")
  return `Earlier in this group, not addressed to you:\n${before}\n\nNow, addressed to you:\n${now}`
}
