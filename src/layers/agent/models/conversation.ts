/** What was said before and what is said now, as the messages of a model. */
import { Array as Arr } from "effect"
import type { Exchange } from "../../../schemas/Conversation.ts"
import { SILENCE } from "./budget.ts"
import type { ModelMessage, Picture } from "./Dialect.ts"

const isBlank = (text: string): boolean => text.trim() === ""

/**
 * A question that was answered with nothing has `NO_REPLY` for its answer: it says that the silence was meant, in the word
 * by which an agent asks for it. A question without an answer would be answered now, and roles would not alternate.
 */
const messagesOf = ({ answered, asked }: Exchange): ReadonlyArray<ModelMessage> =>
  // Servers refuse messages without a text.
  isBlank(asked)
    ? []
    : [
        { role: "user", text: asked, pictures: [] },
        { role: "assistant", text: isBlank(answered) ? SILENCE : answered, pictures: [] }
      ]

/** Messages of which no two that follow each other have the same role: some servers refuse those. */
export const merged = (
  messages: Arr.NonEmptyReadonlyArray<ModelMessage>
): Arr.NonEmptyReadonlyArray<ModelMessage> =>
  Arr.map(
    Arr.groupWith(messages, (one, other) => one.role === other.role),
    (same) => ({
      role: same[0].role,
      text: Arr.map(same, ({ text }) => text).join("\n\n"),
      pictures: same.flatMap(({ pictures }) => pictures)
    })
  )

/** Oldest first; what is asked now is last. */
export const conversation = (
  exchanges: ReadonlyArray<Exchange>,
  now: { readonly text: string; readonly pictures: ReadonlyArray<Picture> }
): Arr.NonEmptyReadonlyArray<ModelMessage> =>
  merged(Arr.append(exchanges.flatMap(messagesOf), { role: "user", ...now }))
