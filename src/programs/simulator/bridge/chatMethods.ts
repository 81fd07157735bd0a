/** The methods of the bridge that make chats and change them. */
import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import { requireDiskAccess } from "../Access.ts"
import { ChatDatabase } from "../ChatDatabase.ts"
import { type Chat, canonicalHandle } from "../ChatModel.ts"
import type { Method, Params } from "../Params.ts"
import { isGroup } from "../Payload.ts"
import { invalidParams } from "../Rpc.ts"
import { Settings } from "../Settings.ts"
import { type ChatParams, callHelper, refusedByHelper, requireBridge, required } from "./call.ts"
import { inChat } from "./messageMethods.ts"

const OK = { result: { ok: true } }

/** Has the helper make a change to a group. None when it is never answered. */
const inGroup = <A, E, R>(
  method: Method,
  params: ChatParams,
  change: (chat: Chat) => Effect.Effect<A, E, R>
) =>
  inChat(method, params, (chat) =>
    Effect.gen(function* () {
      if (!isGroup(chat.identifier, chat.guid) || chat.hasLeft)
        return yield* refusedByHelper(method, `Chat is not a group that one is in: ${chat.guid}`)
      yield* change(chat)
      return OK
    })
  )

/** `group.rename` */
export const rename = (params: Params<"group.rename">) =>
  Effect.gen(function* () {
    const { name } = params
    if (name === undefined) return yield* invalidParams("name is required")
    const db = yield* ChatDatabase
    return yield* inGroup("group.rename", params, ({ id }) => db.renameChat(id, name))
  })

/** `group.setIcon`: of the picture nothing is kept. */
export const setIcon = (params: Params<"group.setIcon">) =>
  inGroup("group.setIcon", params, () =>
    Effect.gen(function* () {
      const { file } = params
      if (file === undefined || file === "") return
      const fs = yield* FileSystem.FileSystem
      if (!(yield* Effect.orElseSucceed(fs.exists(file), () => false)))
        yield* refusedByHelper("group.setIcon", `File not found: ${file}`)
    })
  )

/** `group.addParticipant` */
export const addParticipant = (params: Params<"group.addParticipant">) =>
  Effect.gen(function* () {
    const address = yield* required("address", params.address)
    const db = yield* ChatDatabase
    return yield* inGroup("group.addParticipant", params, ({ id }) => db.addParticipant(id, address))
  })

/** `group.removeParticipant` */
export const removeParticipant = (params: Params<"group.removeParticipant">) =>
  Effect.gen(function* () {
    const address = yield* required("address", params.address)
    const db = yield* ChatDatabase
    return yield* inGroup("group.removeParticipant", params, ({ id, participants }) =>
      Effect.gen(function* () {
        const handle = canonicalHandle(address)
        if (!participants.includes(handle))
          return yield* refusedByHelper("group.removeParticipant", "Participant not found on chat")
        return yield* db.removeParticipant(id, handle)
      })
    )
  })

/** `group.leave` */
export const leave = (params: Params<"group.leave">) =>
  Effect.flatMap(ChatDatabase, (db) => inGroup("group.leave", params, ({ id }) => db.leaveChat(id)))

/** `chats.markUnread` */
export const markUnread = (params: Params<"chats.markUnread">) =>
  Effect.flatMap(ChatDatabase, (db) =>
    inChat("chats.markUnread", params, ({ id }) => Effect.as(db.markUnread(id), OK))
  )

/** `chats.create`: with one address the chat with that person, which may be there already. */
export const create = (params: Params<"chats.create">) =>
  Effect.gen(function* () {
    const { addresses = [], name, service = "iMessage", text = "" } = params
    const [first, ...others] = addresses
    if (first === undefined)
      return yield* invalidParams("addresses is required (non-empty array of phone/email)")
    if (service.toLowerCase() !== "imessage") return yield* invalidParams("service must be iMessage")
    yield* requireDiskAccess
    yield* requireBridge("chats.create")
    const db = yield* ChatDatabase
    const { build } = yield* Settings
    return yield* callHelper(
      "chats.create",
      Effect.gen(function* () {
        const chat =
          others.length === 0
            ? yield* db.addDirectChat({ handle: first })
            : yield* db.addGroupChat({ handles: addresses, ...(name === undefined ? {} : { name }) })
        const said = text === "" ? undefined : yield* db.send({ chatId: chat.id, text })
        const named = said === undefined || !build.strict ? {} : { message_guid: said.guid }
        return { result: { ok: true, chat_guid: chat.guid, ...named } }
      })
    )
  })
