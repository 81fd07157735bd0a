/** What is done to messages: `react`, `edit_message`, `unsend_message` and `vote`. */
import { Effect } from "effect"
import type { Act } from "../../schemas/Act.ts"
import { NothingToSend } from "../../schemas/errors/control.ts"
import type { Target } from "../../schemas/Target.ts"
import { tapbackOf } from "../../schemas/tapback.ts"
import type { ToolInput, ToolName } from "../../schemas/toolInputs.ts"
import { chatIdOf, chatIn, invalid } from "./destination.ts"
import { messageIn, ownMessageIn } from "./messages.ts"
import { type Naming, order } from "./ordering.ts"
import { askedOf } from "./reach.ts"

interface ToMessage extends Naming {
  readonly account?: string
  readonly chat_id?: number
  readonly guid: string
}

/** Does something to a message of a chat; `find` says to which ones it may be done. */
const actOn = (
  tool: ToolName,
  input: ToMessage,
  act: Act,
  find: typeof messageIn | typeof ownMessageIn = messageIn
) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const target: Target = { _tag: "ChatId", chatId: yield* chatIdOf(tool, asked, input.chat_id) }
    const check = Effect.flatMap(chatIn(asked, target), (inChat) => find(asked, inChat, input.guid))
    return yield* order(asked, input, { target, acts: [act] }, check)
  })

const taken = ({ remove }: { readonly remove?: boolean }) => (remove === true ? { remove } : {})

export const react = (input: ToolInput<"react">) =>
  Effect.gen(function* () {
    const reaction = tapbackOf(input.reaction)
    if (reaction === undefined) {
      return yield* invalid(
        "react",
        "a reaction is love, like, dislike, laugh, emphasize, question or one emoji"
      )
    }
    return yield* actOn("react", input, { _tag: "React", guid: input.guid, reaction, ...taken(input) })
  })

export const vote = (input: ToolInput<"vote">) =>
  actOn("vote", input, { _tag: "Vote", guid: input.guid, option: input.option, ...taken(input) })

export const editMessage = (input: ToolInput<"edit_message">) =>
  Effect.gen(function* () {
    if (input.text.trim() === "") return yield* new NothingToSend()
    return yield* actOn(
      "edit_message",
      input,
      { _tag: "Edit", guid: input.guid, text: input.text },
      ownMessageIn
    )
  })

export const unsendMessage = (input: ToolInput<"unsend_message">) =>
  actOn("unsend_message", input, { _tag: "Unsend", guid: input.guid }, ownMessageIn)
