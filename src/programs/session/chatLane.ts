/** The chat of a session's message, which is its lane: those of one chat are answered one after the other. */
import { Option, Schema } from "effect"
import { Envelope, replyTarget } from "../../schemas/Envelope.ts"
import { targetKey } from "../../schemas/Target.ts"

const ChatOf = Envelope.pick("accountId", "chatId", "sender", "service")

/** A text that is equal for the messages whose replies go to one chat. */
export const chatOf = (envelope: typeof ChatOf.Type): string =>
  `${envelope.accountId} ${targetKey(replyTarget(envelope))}`

const decodeMessage = Schema.decodeUnknownOption(Schema.Struct({ envelope: ChatOf }))

/** The lane of a message for a session, as it is stored. Empty for none. */
export const laneOf = (payload: unknown): string =>
  Option.match(decodeMessage(payload), {
    onNone: () => "",
    onSome: ({ envelope }) => chatOf(envelope)
  })
