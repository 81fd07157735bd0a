/** Where a message goes: a chat of Messages, or a person. */
import { Schema } from "effect"
import type { SendTarget } from "./ImsgProtocol.ts"

/** The services of Messages; `auto` lets Messages choose. */
export const Service = Schema.Literal("imessage", "sms", "auto")
export type Service = typeof Service.Type

/** A target. `chat_id` is preferred: it is a rowid of one database and names one thread in it. */
export const Target = Schema.Union(
  Schema.TaggedStruct("ChatId", { chatId: Schema.Int }),
  Schema.TaggedStruct("ChatGuid", { chatGuid: Schema.String }),
  Schema.TaggedStruct("ChatIdentifier", { chatIdentifier: Schema.String }),
  Schema.TaggedStruct("Handle", { handle: Schema.String, service: Service })
)
export type Target = typeof Target.Type

/** The target as `send` wants it. `region` is a two-letter country code for numbers without one. */
export const toSendTarget = (target: Target, region: string): SendTarget => {
  switch (target._tag) {
    case "ChatId":
      return { chat_id: target.chatId }
    case "ChatGuid":
      return { chat_guid: target.chatGuid }
    case "ChatIdentifier":
      return { chat_identifier: target.chatIdentifier }
    case "Handle":
      return { to: target.handle, service: target.service, region }
  }
}

/** A text that is equal for equal targets: deliveries to one target go out in order. */
export const targetKey = (target: Target): string => {
  switch (target._tag) {
    case "ChatId":
      return `chat_id:${target.chatId}`
    case "ChatGuid":
      return `chat_guid:${target.chatGuid}`
    case "ChatIdentifier":
      return `chat_identifier:${target.chatIdentifier}`
    case "Handle":
      return `${target.service}:${target.handle}`
  }
}
