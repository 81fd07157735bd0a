/** The parameters of the methods that need the private bridge. */
import { Schema } from "effect"
import type { Field, Fields } from "../fields.ts"

const maybe = <A>(field: Field<A>) => Schema.optional(field)

export const bridgeParamsWith = ({ bool, int, positive, styles, text, texts }: Fields) => {
  const chat = { chat_id: maybe(positive), chat_guid: maybe(text), chat_identifier: maybe(text) }
  const message = { ...chat, message_id: maybe(text), part_index: maybe(int) }
  const presence = { ...chat, to: maybe(text), service: maybe(text) }
  const reply = { reply_to: maybe(text), part_index: maybe(int) }
  const vote = {
    ...chat,
    poll_guid: maybe(text),
    option_id: maybe(text),
    option_index: maybe(int),
    option: maybe(text)
  }
  return {
    typing: Schema.Struct({ ...presence, typing: maybe(bool) }),
    "typing.start": Schema.Struct(presence),
    "typing.stop": Schema.Struct(presence),
    read: Schema.Struct({ ...chat, to: maybe(text) }),
    "handles.check": Schema.Struct({
      address: maybe(text),
      alias_type: maybe(text),
      service: maybe(text)
    }),
    tapback: Schema.Struct({ ...message, reaction: maybe(text), emoji: maybe(text), remove: maybe(bool) }),
    "message.edit": Schema.Struct({ ...message, text: maybe(text) }),
    "message.unsend": Schema.Struct(message),
    "send.rich": Schema.Struct({
      ...chat,
      ...reply,
      text: maybe(text),
      file: maybe(text),
      effect: maybe(text),
      subject: maybe(text),
      dd_scan: maybe(bool),
      text_formatting: maybe(styles)
    }),
    "send.attachment": Schema.Struct({ ...chat, ...reply, file: maybe(text), audio: maybe(bool) }),
    "poll.send": Schema.Struct({
      ...chat,
      question: maybe(text),
      options: maybe(texts),
      reply_to: maybe(text),
      suppress_comment: maybe(bool)
    }),
    "poll.vote": Schema.Struct(vote),
    "poll.unvote": Schema.Struct(vote),
    "chats.create": Schema.Struct({
      addresses: maybe(texts),
      name: maybe(text),
      text: maybe(text),
      service: maybe(text)
    }),
    "chats.markUnread": Schema.Struct(chat),
    "group.rename": Schema.Struct({ ...chat, name: maybe(text) }),
    "group.setIcon": Schema.Struct({ ...chat, file: maybe(text) }),
    "group.addParticipant": Schema.Struct({ ...chat, address: maybe(text) }),
    "group.removeParticipant": Schema.Struct({ ...chat, address: maybe(text) }),
    "group.leave": Schema.Struct(chat)
  }
}
