/** The methods of the bridge that say nothing: who types, what is read, who can be written to. */
import { Effect } from "effect"
import { requireDiskAccess, targetChat } from "../Access.ts"
import { ChatDatabase } from "../ChatDatabase.ts"
import type { Params } from "../Params.ts"
import { invalidParams } from "../Rpc.ts"
import { callHelper, requireBridge, requireBridgeToRead } from "./call.ts"

const OK = { result: { ok: true } }

/** `typing`, and the two methods that were before it. Nothing is written of it but the record. */
export const typing =
  (method: "typing" | "typing.start" | "typing.stop") => (params: Params<"typing.start">) =>
    Effect.gen(function* () {
      yield* requireDiskAccess
      yield* targetChat(params)
      yield* requireBridge(method)
      return yield* callHelper(method, Effect.succeed(OK))
    })

/** `read` */
export const read = (params: Params<"read">) =>
  Effect.gen(function* () {
    yield* requireDiskAccess
    const chat = yield* targetChat(params)
    yield* requireBridge("read")
    const db = yield* ChatDatabase
    return yield* callHelper("read", Effect.as(db.markRead(chat.id), OK))
  })

/** `handles.check`: everybody has iMessage. */
export const checkHandle = (params: Params<"handles.check">) =>
  Effect.gen(function* () {
    const { address = "", service = "iMessage" } = params
    const alias_type = params.alias_type ?? (address.includes("@") ? "email" : "phone")
    if (address === "") return yield* invalidParams("address is required")
    if (alias_type !== "phone" && alias_type !== "email")
      return yield* invalidParams("alias_type must be phone or email")
    yield* requireBridgeToRead("handles.check")
    const destination = `${alias_type === "email" ? "mailto" : "tel"}:${address}`
    return { ok: true, address, alias_type, destination, id_status: 1, available: true, service }
  })
