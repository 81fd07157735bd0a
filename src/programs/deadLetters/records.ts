/** Dead letters for machines: without anybody's words in lists, with them where one letter is asked for. */
import type { LetterRecord } from "../../schemas/control/Records.ts"
import { accountOf, type DeadContent, type DeadLetter, idOf } from "../../schemas/DeadLetter.ts"
import type { PartRecord } from "../../schemas/Delivery.ts"
import { replyTarget } from "../../schemas/Envelope.ts"
import { print } from "../../schemas/Target.ts"

/** The chat that is waiting for the answer. */
export const chatOf = (content: DeadContent): string =>
  print(content._tag === "Turn" ? replyTarget(content.messages[0].envelope) : content.delivery.target)

/** What a letter is, in a word. */
export const kindOf = ({ _tag }: DeadContent): LetterRecord["kind"] => (_tag === "Turn" ? "turn" : "delivery")

/** A letter as `list --json` has it. `failedAt` is in Unix milliseconds. */
export const summary = ({
  attempts,
  buriedAt,
  code,
  content,
  message,
  number,
  status
}: DeadLetter): LetterRecord => ({
  id: number,
  kind: kindOf(content),
  accountId: accountOf(content),
  ...(content._tag === "Turn" ? { sessionKey: content.sessionKey } : {}),
  chat: chatOf(content),
  code,
  reason: message,
  status,
  attempts,
  failedAt: buriedAt
})

/** A letter as `show --json` has it: with all that was said, and where each part of a delivery is. */
export const details = (letter: DeadLetter, parts: ReadonlyArray<PartRecord>) => {
  const { content } = letter
  return {
    ...summary(letter),
    subject: idOf(content),
    ...(content._tag === "Turn"
      ? { messages: content.messages.map(({ envelope }) => envelope) }
      : {
          replies: content.delivery.replies,
          parts: parts.map(({ index, part, state: { _tag: state, ...rest }, tries }) => ({
            index,
            part,
            state,
            ...rest,
            tries
          }))
        })
  }
}
