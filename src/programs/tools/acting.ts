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
const toMessage = (
  tool: ToolName,
  input: ToMessage,
  actOn: (guid: string) => Act,
  find: typeof messageIn | typeof ownMessageIn = messageIn
) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const target: Target = { _tag: "ChatId", chatId: yield* chatIdOf(tool, asked, input.chat_id) }
    const content = Effect.gen(function* () {
      // As Messages spells it: what imsg answered to a send may be spelt otherwise.
      const { guid } = yield* find(asked, yield* chatIn(asked, target), input.guid)
      return { acts: [actOn(guid)] }
    })
    return yield* order(asked, input, target, content)
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
    return yield* toMessage("react", input, (guid) => ({ _tag: "React", guid, reaction, ...taken(input) }))
  })

export const vote = (input: ToolInput<"vote">) =>
  toMessage("vote", input, (guid) => ({ _tag: "Vote", guid, option: input.option, ...taken(input) }))

export const editMessage = (input: ToolInput<"edit_message">) =>
  Effect.gen(function* () {
    const { text } = input
    if (text.trim() === "") return yield* new NothingToSend()
    return yield* toMessage("edit_message", input, (guid) => ({ _tag: "Edit", guid, text }), ownMessageIn)
  })

export const unsendMessage = (input: ToolInput<"unsend_message">) =>
  toMessage("unsend_message", input, (guid) => ({ _tag: "Unsend", guid }), ownMessageIn)
