import { FileSystem } from "@effect/platform"
import { Effect, Either, Option } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { canonicalHandle, type MessageRow } from "./ChatModel.ts"
import { Misbehaviour, noDiskAccess } from "./Misbehaviour.ts"
import type { Params } from "./Params.ts"
import { databaseUnavailable, internalError, invalidParams, notStarted } from "./Rpc.ts"
import { Settings } from "./Settings.ts"

const ABSENT =
  "The configured Messages database does not exist. Create or copy chat.db at this path, then retry."
const UNREADABLE =
  "The configured Messages database could not be opened read-only. " +
  "Verify the path and grant Full Disk Access to the supervising process, then retry."

/** Why the database cannot be read, in the words of builds from 0.14; undefined where it can. */
export const databaseTrouble = Effect.gen(function* () {
  const { file } = yield* ChatDatabase
  const fs = yield* FileSystem.FileSystem
  if (!(yield* Effect.orElseSucceed(fs.exists(file), () => false))) return ABSENT
  return (yield* (yield* Misbehaviour).take("denyFullDisk")) === undefined ? undefined : UNREADABLE
})

/** Fails as a method does that cannot read the database: while the fault `denyFullDisk` is set, or without its file. */
export const requireDiskAccess = Effect.gen(function* () {
  const { build } = yield* Settings
  const { file } = yield* ChatDatabase
  if (build.strict) {
    const trouble = yield* databaseTrouble
    return trouble === undefined ? undefined : yield* databaseUnavailable(file, trouble)
  }
  const denied = yield* (yield* Misbehaviour).take("denyFullDisk")
  return denied === undefined ? undefined : yield* internalError(noDiskAccess(file))
})

/** Answers a database that fails as imsg does. */
export const reportingDatabase = <A, E, R>(effect: Effect.Effect<A, E | StoreUnavailable, R>) =>
  Effect.catchIf(
    effect,
    (error): error is (E & StoreUnavailable) | StoreUnavailable =>
      typeof error === "object" && error !== null && "_tag" in error && error._tag === "StoreUnavailable",
    ({ message }) => Effect.fail(internalError(message))
  )

/** A send that macOS or Messages refuses, with an error of AppleScript and the words of builds before 0.14 for it. */
export const refusedByScript = (error: number, words: string) =>
  Effect.flatMap(Settings, ({ build }) =>
    Effect.fail(
      build.strict
        ? notStarted(`Messages automation failed with AppleScript error ${error}.`)
        : internalError(`AppleScript failed: ${words} (${error})`)
    )
  )

/** A send that imsg itself refuses before it asks Messages. */
export const refusedBefore = (detail: string) =>
  Effect.flatMap(Settings, ({ build }) =>
    Effect.fail(build.strict ? notStarted(detail) : internalError(`AppleScript failed: ${detail}`))
  )

/** Reads an ISO 8601 time as Unix milliseconds. */
export const timeParam = (iso: string | undefined) => {
  if (iso === undefined) return Either.right(undefined)
  const at = Date.parse(iso)
  return Number.isNaN(at) ? Either.left(invalidParams(`Invalid ISO8601 date: ${iso}`)) : Either.right(at)
}

const directTarget = (params: Params<"read"> & { readonly service?: string | undefined }) => ({
  handle: canonicalHandle(params.to ?? ""),
  service: params.service?.toLowerCase() === "sms" ? ("SMS" as const) : ("iMessage" as const)
})

/** The chat that `to` or a `chat_*` parameter names; none for a handle that there is no chat with yet. */
export const existingChat = (params: Params<"read"> & { readonly service?: string | undefined }) =>
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
      const found = yield* db.chat({ chatId: params.chat_id })
      return Option.isSome(found) ? found : yield* invalidParams(`unknown chat_id ${params.chat_id}`)
    }
    const selector =
      params.chat_guid !== undefined
        ? { chatGuid: params.chat_guid }
        : params.chat_identifier !== undefined
          ? { chatIdentifier: params.chat_identifier }
          : undefined
    if (selector !== undefined) {
      const found = yield* db.chat(selector)
      if (Option.isSome(found)) return found
      return yield* refusedByScript(
        -1728,
        `Can’t get chat id "${params.chat_guid ?? params.chat_identifier}".`
      )
    }
    const { handle, service } = directTarget(params)
    if (handle === "") return yield* invalidParams("to is required for direct sends")
    return yield* db.chat({ handle, service })
  })

/** The chat that is named; a direct chat is created where there is none. */
export const targetChat = (params: Params<"read"> & { readonly service?: string | undefined }) =>
  Effect.gen(function* () {
    const found = yield* existingChat(params)
    return Option.isSome(found)
      ? found.value
      : yield* (yield* ChatDatabase).addDirectChat(directTarget(params))
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
