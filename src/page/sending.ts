/** What a message that was written by hand came to. Pure. */
import type { SendResult } from "../schemas/control/Sending.ts"
import type { Outcome } from "./notices.ts"

type State = SendResult["state"]

const SENT: Readonly<Record<State, Exclude<Outcome, string>>> = {
  sent: { tone: "good", words: "Sent." },
  sending: { tone: "good", words: "It is on its way." },
  uncertain: {
    tone: "doubtful",
    words: "It may or may not have been sent: look into the chat before you send it again."
  },
  failed: { tone: "bad", words: "It could not be sent." }
}

/** What is said of it, with why where that is known. */
export const sentOutcome = ({
  parts,
  state,
  waits
}: Pick<SendResult, "parts" | "state" | "waits">): Outcome => {
  if (waits !== undefined) return { tone: "doubtful", words: `It is not sent yet: ${waits.reason}.` }
  const { tone, words } = SENT[state]
  const detail = parts.find((part) => part.detail !== null)?.detail
  return { tone, words: `${words}${detail == null ? "" : ` ${detail}`}` }
}

/** What the box has afterwards: what failed stays, and so does what was typed while it was sent. */
export const leftInBox = (state: State, sent: string, typed: string): string =>
  state !== "failed" && typed === sent ? "" : typed
