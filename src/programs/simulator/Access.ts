import { FileSystem } from "@effect/platform"
import { Effect, Either, Option } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { canonicalHandle, type MessageRow } from "./ChatModel.ts"
import { Misbehaviour, noDiskAccess } from "./Misbehaviour.ts"
import type { Params } from "./Params.ts"
import { databaseUnavailable, internalError, invalidParams, notDelivered } from "./Rpc.ts"
import { Settings } from "./Settings.ts"

/** Fails as a method does that cannot read the database, while the fault `denyFullDisk` is set. */
export const requireDiskAccess = Effect.gen(function* () {
  const { build } = yield* Settings
  const denied = yield* (yield* Misbehaviour).take("denyFullDisk")
  if (denied === undefined) return
  const detail = noDiskAccess((yield* ChatDatabase).file)
  return yield* build.strict ? databaseUnavailable(detail) : internalError(detail)
})

/** Answers a database that fails as imsg does. */
export const reportingDatabase = <A, E, R>(effect: Effect.Effect<A, E | StoreUnavailable, R>) =>
  Effect.flatMap(Settings, ({ build }) =>
    Effect.catchIf(
      effect,
      (error): error is (E & StoreUnavailable) | StoreUnavailable =>
        typeof error === "object" && error !== null && "_tag" in error && error._tag === "StoreUnavailable",
      ({ message }) => Effect.fail(build.strict ? databaseUnavailable(message) : internalError(message))
    )
  )

/** A send or a call of the bridge that macOS or Messages refuses, as the build reports it. */
export const refusedByMessages = (detail: string) =>
  Effect.flatMap(Settings, ({ build }) =>
    Effect.fail(build.strict ? notDelivered(detail) : internalError(detail))
  )

/** Reads an ISO 8601 time as Unix milliseconds. */
export const timeParam = (iso: string | undefined) => {
  if (iso === undefined) return Either.right(undefined)
  const at = Date.parse(iso)
  return Number.isNaN(at) ? Either.left(invalidParams(`Invalid ISO8601 date: ${iso}`)) : Either.right(at)
}

/** The chat that `to` or a `chat_*` parameter names; a direct chat is created where there is none. */
export const targetChat = (params: Params<"read"> & { readonly service?: string | undefined }) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const byChat = [params.chat_id, params.chat_guid, params.chat_identifier].filter((p) => p !== undefined)
    if (byChat.length > 0 && params.to !== undefined) {
      return yield* invalidParams("use to or chat_*; not both")
    }
    if (byChat.length > 1) {
      return yield* invalidParams("use exactly one of chat_id, chat_guid and chat_identifier")
    }
    if (params.chat_id !== undefined) {
      return yield* Effect.flatMap(
        db.chat({ chatId: params.chat_id }),
        Option.match({
          onNone: () => Effect.fail(invalidParams(`unknown chat_id ${params.chat_id}`)),
          onSome: Effect.succeed
        })
      )
    }
    const selector =
      params.chat_guid !== undefined
        ? { chatGuid: params.chat_guid }
        : params.chat_identifier !== undefined
          ? { chatIdentifier: params.chat_identifier }
          : undefined
    if (selector !== undefined) {
      return yield* Effect.flatMap(
        db.chat(selector),
        Option.match({
          onNone: () =>
            refusedByMessages(
              `AppleScript failed: Can’t get chat id "${params.chat_guid ?? params.chat_identifier}". (-1728)`
            ),
          onSome: Effect.succeed
        })
      )
    }
    const handle = canonicalHandle(params.to ?? "")
    if (handle === "") return yield* invalidParams("to is required for direct sends")
    const service = params.service?.toLowerCase() === "sms" ? "SMS" : "iMessage"
    return yield* Effect.flatMap(
      db.chat({ handle, service }),
      Option.match({ onNone: () => db.addDirectChat({ handle, service }), onSome: Effect.succeed })
    )
  })

/** The paths of attachments of these rows that are not on the disk. */
export const missingFiles = (rows: ReadonlyArray<MessageRow>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = rows.flatMap(({ attachments }) => attachments.map(({ filename }) => filename))
    const missing = yield* Effect.filter(paths, (path) =>
      fs.exists(path).pipe(
        Effect.orElseSucceed(() => false),
        Effect.map((exists) => !exists)
      )
    )
    return new Set(missing)
  })
