/** Dead letters for machines: without anybody's words in lists, with them where one letter is asked for. */
import type { LetterRecord } from "../../schemas/control/Records.ts"
import {
  accountOf,
  type DeadContent,
  type DeadLetter,
  idOf,
  kindOf as tagOf,
  type Unreadable
} from "../../schemas/DeadLetter.ts"
import type { PartRecord } from "../../schemas/Delivery.ts"
import { replyTarget } from "../../schemas/Envelope.ts"
import { print } from "../../schemas/Target.ts"

/** The chat that is waiting for the answer. */
export const chatOf = (content: DeadContent | Unreadable): string => {
  switch (content._tag) {
    case "Turn":
      return print(replyTarget(content.messages[0].envelope))
    case "Delivery":
      return print(content.delivery.target)
    case "Unreadable":
      return "unknown"
  }
}

/** The session whose turn it is; none of a delivery. */
export const sessionOf = (content: DeadContent | Unreadable): string | undefined =>
  content._tag === "Delivery" || content.sessionKey === "" ? undefined : content.sessionKey

/** What a letter is, in a word. */
export const kindOf = (content: DeadContent | Unreadable): LetterRecord["kind"] =>
  tagOf(content) === "Turn" ? "turn" : "delivery"

/** A letter as `list --json` has it. `failedAt` is in Unix milliseconds. */
export const summary = ({
  attempts,
  buriedAt,
  code,
  content,
  message,
  number,
  status
}: DeadLetter): LetterRecord => {
  const sessionKey = sessionOf(content)
  return {
    id: number,
    kind: kindOf(content),
    accountId: accountOf(content),
    ...(sessionKey === undefined ? {} : { sessionKey }),
    chat: chatOf(content),
    code,
    reason: message,
    status,
    attempts,
    failedAt: buriedAt
  }
}

/** A letter as `show --json` has it: with all that was said, and where each part of a delivery is. */
export const details = (letter: DeadLetter, records: ReadonlyArray<PartRecord>) => {
  const { content } = letter
  const about = { ...summary(letter), subject: idOf(content) }
  const parts = records.map(({ index, part, state: { _tag: state, ...rest }, tries }) => ({
    index,
    part,
    state,
    ...rest,
    tries
  }))
  switch (content._tag) {
    case "Turn":
      return { ...about, messages: content.messages.map(({ envelope }) => envelope) }
    case "Delivery":
      return { ...about, replies: content.delivery.replies, parts }
    case "Unreadable":
      return { ...about, parts }
  }
}
