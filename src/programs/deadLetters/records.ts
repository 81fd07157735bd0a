/** Dead letters for machines: without anybody's words in lists, with them where one letter is asked for. */

import type { LetterRecord, LetterWords } from "../../schemas/control/Records.ts"
import {
  accountOf,
  type DeadContent,
  type DeadLetter,
  idOf,
  kindOf as tagOf,
  type Unreadable
} from "../../schemas/DeadLetter.ts"
import type { Delivery, PartRecord } from "../../schemas/Delivery.ts"
import { type Envelope, replyTarget } from "../../schemas/Envelope.ts"
import { partInWords, plannedWords, stateName } from "../../schemas/partWords.ts"
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

/** Who wrote what has no answer; nobody of a delivery. */
const senderOf = (content: DeadContent | Unreadable): string | undefined =>
  content._tag === "Turn" && content.messages[0].envelope.sender !== ""
    ? content.messages[0].envelope.sender
    : undefined

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
  const sender = senderOf(content)
  return {
    id: number,
    kind: kindOf(content),
    accountId: accountOf(content),
    ...(sessionKey === undefined ? {} : { sessionKey }),
    ...(sender === undefined ? {} : { sender }),
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
  const about = { ...summary(letter), report: letter.report ?? letter.message, subject: idOf(content) }
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
    case "Delivery": {
      const { acts, replies } = content.delivery
      return { ...about, replies, ...(acts === undefined ? {} : { acts }), parts }
    }
    case "Unreadable":
      return { ...about, parts }
  }
}

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

const askedOf = ({
  attachments,
  sender,
  senderName,
  sentAt,
  text
}: Envelope): LetterWords["asked"][number] => ({
  sender,
  ...(senderName === undefined ? {} : { senderName }),
  at: sentAt ?? null,
  text,
  files: attachments.map(({ name }) => name)
})

const answeredPart = ({ part, state }: PartRecord): LetterWords["answered"][number] => ({
  state: stateName(state),
  words: (part._tag === "File" ? fileName(part.path) : partInWords(part)) || null,
  detail: "detail" in state ? state.detail : null
})

/** What was to be answered: as parts where it was tried, else as it was said. */
const answeredOf = (
  delivery: Pick<Delivery, "acts" | "replies">,
  parts: ReadonlyArray<PartRecord>
): LetterWords["answered"] =>
  parts.length > 0
    ? parts.map(answeredPart)
    : plannedWords(delivery, fileName).map((words) => ({ state: "queued", words, detail: null }))

/** A letter as the control server tells it to who asks for its words. */
export const words = (letter: DeadLetter, parts: ReadonlyArray<PartRecord>): LetterWords => {
  const { content } = letter
  return {
    ...summary(letter),
    report: letter.report ?? letter.message,
    asked: content._tag === "Turn" ? content.messages.map(({ envelope }) => askedOf(envelope)) : [],
    answered: answeredOf(content._tag === "Delivery" ? content.delivery : { replies: [] }, parts)
  }
}
