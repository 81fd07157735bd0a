/** The methods that only read. */
import { Clock, Effect, Option } from "effect"
import { missingFiles, requireDiskAccess, timeParam } from "./Access.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import type { Params } from "./Params.ts"
import { chatPayload, messagePayload, sendStatusPayload } from "./Payload.ts"
import { foldPreviews } from "./previews.ts"
import { invalidParams } from "./Rpc.ts"
import { Settings } from "./Settings.ts"

/** `chats.list` */
export const listChats = (params: Params<"chats.list">) =>
  Effect.gen(function* () {
    yield* requireDiskAccess
    const db = yield* ChatDatabase
    const limit = Math.max(params.limit ?? 20, 1)
    const chats = yield* db.chats(limit)
    return {
      chats: chats
        .filter(({ unreadCount }) => params.unread_only !== true || unreadCount > 0)
        .map(chatPayload)
    }
  })

/** `chats.get` */
export const getChat = (params: Params<"chats.get">) =>
  Effect.gen(function* () {
    if (params.chat_id === undefined) return yield* invalidParams("chat_id is required")
    yield* requireDiskAccess
    const found = yield* (yield* ChatDatabase).chat({ chatId: params.chat_id })
    return Option.isSome(found)
      ? chatPayload(found.value)
      : yield* invalidParams(`unknown chat_id ${params.chat_id}`)
  })

const MOST_FOUND = 100

/** `messages.search`: newest first, in whatever case. */
export const search = (params: Params<"messages.search">) =>
  Effect.gen(function* () {
    const { limit = 50, match = "contains", query = "" } = params
    if (query === "") return yield* invalidParams("query must be a non-empty string")
    if (match !== "contains" && match !== "exact")
      return yield* invalidParams("match must be contains or exact")
    if (limit > MOST_FOUND) return yield* invalidParams(`limit must be 1 to ${MOST_FOUND}`)
    yield* requireDiskAccess
    const { build } = yield* Settings
    const wanted = query.toLowerCase()
    const found = (yield* (yield* ChatDatabase).newest).filter(({ text }) =>
      match === "exact" ? text.toLowerCase() === wanted : text.toLowerCase().includes(wanted)
    )
    return { messages: found.slice(0, limit).map((row) => messagePayload(build, row, new Set())) }
  })

/** `messages.history` */
export const history = (params: Params<"messages.history">) =>
  Effect.gen(function* () {
    if (params.chat_id === undefined) return yield* invalidParams("chat_id is required")
    yield* requireDiskAccess
    const { build } = yield* Settings
    const limit = Math.max(params.limit ?? 50, 1)
    const found = yield* (yield* ChatDatabase).history({
      chatId: params.chat_id,
      // A message may take two rows.
      limit: build.foldsPreviews ? 2 * limit : limit,
      attachments: params.attachments ?? false,
      participants: params.participants ?? [],
      start: yield* timeParam(params.start),
      end: yield* timeParam(params.end)
    })
    const rows = build.foldsPreviews ? foldPreviews(found.toReversed()).toReversed().slice(0, limit) : found
    const missing = yield* missingFiles(rows)
    return { messages: rows.map((row) => messagePayload(build, row, missing)) }
  })

const MOST_AFTER = 500

/**
 * `messages.after`: what is there, as it is there. A row without a chat is handed out with `chat_id` 0 and nothing of
 * the chat, and `next_rowid` passes it; with `chat_id` given it is left out. Attachments without their join are not
 * there; one without its file is `missing`. A preview whose message is not on the page is a row of its own. Where
 * nothing is found, `next_rowid` stays; tapbacks that were not asked for do not move it either.
 */
export const messagesAfter = (params: Params<"messages.after">) =>
  Effect.gen(function* () {
    const { limit = 100, since_rowid: since } = params
    if (since === undefined || since < 0)
      return yield* invalidParams("since_rowid must be a non-negative integer")
    if (limit < 1 || limit > MOST_AFTER) return yield* invalidParams(`limit must be 1 to ${MOST_AFTER}`)
    yield* requireDiskAccess
    const found = yield* (yield* ChatDatabase).after({
      after: since,
      chatId: params.chat_id,
      limit: limit + 1,
      attachments: params.attachments ?? false,
      reactions: params.include_reactions ?? false,
      reactionRows: params.include_reactions ?? false
    })
    const page = found.slice(0, limit)
    const rows = foldPreviews(page)
    const missing = yield* missingFiles(rows)
    const { build } = yield* Settings
    return {
      messages: rows.map((row) => messagePayload(build, row, missing)),
      next_rowid: page.at(-1)?.id ?? since,
      has_more: found.length > limit
    }
  })

/** `message.send_status` */
export const sendStatus = (params: Params<"message.send_status">) =>
  Effect.gen(function* () {
    const { guid } = params
    if (guid === undefined || guid === "") return yield* invalidParams("guid is required")
    yield* requireDiskAccess
    const found = yield* (yield* ChatDatabase).sendStatus(guid)
    const { build } = yield* Settings
    const checked_at = new Date(yield* Clock.currentTimeMillis).toISOString()
    return { ok: true, checked_at, ...sendStatusPayload(build, guid, Option.getOrNull(found)) }
  })
