/** `send_message` and `send_poll`: said in a chat, or to somebody. */
import { Effect } from "effect"
import { NothingToSend } from "../../schemas/errors/control.ts"
import { parse, type Target } from "../../schemas/Target.ts"
import type { ToolInput, ToolName } from "../../schemas/toolInputs.ts"
import { chatIdOf, chatIn, invalid, mayWriteTo } from "./destination.ts"
import { messageIn } from "./messages.ts"
import { order } from "./ordering.ts"
import { type Asked, askedOf } from "./reach.ts"

/** Where a message is to go, as it was written; who has one chat means that. */
const targetOf = ({ chat_id: chatId, to }: ToolInput<"send_message">, { account, reach }: Asked) => {
  if (chatId !== undefined && to !== undefined) return invalid("send_message", "give chat_id or to, not both")
  if (to !== undefined) return parse(to, account)
  const only = reach._tag === "Only" ? reach.only.chatId : undefined
  const chat = chatId ?? only
  return chat === undefined
    ? invalid("send_message", "give chat_id, or to")
    : Effect.succeed<Target>({ _tag: "ChatId", chatId: chat })
}

/** What is replied to is a message of the chat that the reply goes to, as Messages spells it. */
const repliedTo = (tool: ToolName, asked: Asked, target: Target, guid: string | undefined) =>
  Effect.gen(function* () {
    if (guid === undefined) return {}
    if (target._tag === "Handle") {
      return yield* invalid(tool, "reply_to names a message of a chat: give chat_id, not to")
    }
    return { replyTo: (yield* messageIn(asked, yield* chatIn(asked, target), guid)).guid }
  })

export const sendMessage = (input: ToolInput<"send_message">) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const { effect, reply_to: replyTo, text } = input
    if (text.trim() === "") return yield* new NothingToSend()
    const target = yield* targetOf(input, asked)
    const content = Effect.gen(function* () {
      yield* mayWriteTo(asked, target)
      const inThread = yield* repliedTo("send_message", asked, target, replyTo)
      return { text, manner: { ...inThread, ...(effect === undefined ? {} : { effect }) } }
    })
    return yield* order(asked, input, target, content)
  })

export const sendPoll = (input: ToolInput<"send_poll">) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const { options, question, reply_to: replyTo } = input
    if ([question, ...options].some((words) => words.trim() === "")) {
      return yield* invalid("send_poll", "the question and each option need words")
    }
    const target: Target = { _tag: "ChatId", chatId: yield* chatIdOf("send_poll", asked, input.chat_id) }
    const content = Effect.gen(function* () {
      yield* mayWriteTo(asked, target)
      const inThread = yield* repliedTo("send_poll", asked, target, replyTo)
      return { manner: { ...inThread, poll: { question, options } } }
    })
    return yield* order(asked, input, target, content)
  })
