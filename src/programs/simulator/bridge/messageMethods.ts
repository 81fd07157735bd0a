/** The methods of the bridge that do something to messages that are there. */
import { Effect } from "effect"
import { requireDiskAccess } from "../Access.ts"
import { ChatDatabase } from "../ChatDatabase.ts"
import type { Chat, MessageRow } from "../ChatModel.ts"
import type { Method, Params } from "../Params.ts"
import { invalidParams } from "../Rpc.ts"
import { Settings } from "../Settings.ts"
import {
  bridgeNow,
  type ChatParams,
  callHelper,
  chatOf,
  messageOf,
  refusedByHelper,
  requireBridge,
  required
} from "./call.ts"
import { tapbackOf } from "./tapbacks.ts"
import { hasEmojiTapbacks } from "./usable.ts"

/** Has the helper make a change in a chat. None when it is never answered. */
export const inChat = <A, E, R>(
  method: Method,
  params: ChatParams,
  change: (chat: Chat) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    yield* requireDiskAccess
    const chat = yield* chatOf(method, params)
    yield* requireBridge(method)
    return yield* callHelper(method, change(chat))
  })

/** Has the helper make a change to a message. None when it is never answered. */
const toMessage = <A, E, R>(
  method: Method,
  params: ChatParams & {
    readonly message_id?: string | undefined
    readonly part_index?: number | undefined
  },
  change: (row: MessageRow) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const guid = yield* required("message_id", params.message_id)
    if ((params.part_index ?? 0) < 0) return yield* invalidParams("part_index must be a non-negative integer")
    return yield* inChat(method, params, (chat) => Effect.flatMap(messageOf(method, guid, chat.id), change))
  })

/** `tapback` */
export const tapback = (params: Params<"tapback">) =>
  Effect.gen(function* () {
    const { build } = yield* Settings
    const asked = yield* tapbackOf(params, { anyEmoji: hasEmojiTapbacks(build, yield* bridgeNow) })
    const { answer, emoji, reaction, remove } = asked
    return yield* toMessage("tapback", params, (row) =>
      Effect.gen(function* () {
        yield* (yield* ChatDatabase).react({
          chatId: row.chatId,
          sender: null,
          to: row.guid,
          reaction,
          remove,
          part: params.part_index ?? 0,
          ...(emoji === undefined ? {} : { emoji })
        })
        return { result: { ok: true, ...answer } }
      })
    )
  })

/** Messages lets nobody change what others wrote. */
const ownOnly = (method: Method, { guid, isFromMe }: MessageRow) =>
  isFromMe ? Effect.void : refusedByHelper(method, `Message is not from me: ${guid}`)

/** `message.edit` */
export const edit = (params: Params<"message.edit">) =>
  Effect.gen(function* () {
    const text = yield* required("text", params.text)
    return yield* toMessage("message.edit", params, (row) =>
      Effect.gen(function* () {
        yield* ownOnly("message.edit", row)
        yield* (yield* ChatDatabase).edit({ guid: row.guid, text })
        return { result: { ok: true } }
      })
    )
  })

/** `message.unsend` */
export const unsend = (params: Params<"message.unsend">) =>
  toMessage("message.unsend", params, (row) =>
    Effect.gen(function* () {
      yield* ownOnly("message.unsend", row)
      yield* (yield* ChatDatabase).unsend(row.guid)
      return { result: { ok: true } }
    })
  )
