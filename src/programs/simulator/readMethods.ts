/** The methods that only read. */
import { Clock, Effect, Option } from "effect"
import { missingFiles, requireDiskAccess, timeParam } from "./Access.ts"
import type { Build } from "./Build.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { Misbehaviour, noDiskAccess } from "./Misbehaviour.ts"
import { METHODS, type Method, type Params } from "./Params.ts"
import { chatPayload, messagePayload } from "./Payload.ts"
import { foldPreviews } from "./previews.ts"
import { invalidParams } from "./Rpc.ts"
import { Settings } from "./Settings.ts"

/** The methods that a build knows. */
export const supportedMethods = (build: Build): ReadonlyArray<Method> =>
  METHODS.filter((method) => {
    switch (method) {
      case "initialize":
      case "status":
      case "messages.after":
        return build.strict
      case "message.send_status":
        return build.hasSendStatus
      case "typing":
      case "read":
        return build.hasBridgeMethods
      default:
        return true
    }
  })

const NEEDS_BRIDGE: ReadonlyArray<Method> = ["typing", "read"]
const NEEDS_NO_DATABASE: ReadonlyArray<Method> = ["initialize", "status", "watch.unsubscribe"]

/** `initialize` and `status`. */
export const status = Effect.gen(function* () {
  const { bridge, build } = yield* Settings
  const { file } = yield* ChatDatabase
  const denied = (yield* (yield* Misbehaviour).take("denyFullDisk")) !== undefined
  const supported = supportedMethods(build)
  const usable = supported.filter(
    (method) => (bridge || !NEEDS_BRIDGE.includes(method)) && (!denied || NEEDS_NO_DATABASE.includes(method))
  )
  return {
    version: build.version,
    protocol_version: 1,
    database: {
      path: file,
      ready: !denied,
      ...(denied ? { error: noDiskAccess(file) } : {}),
      features: ["attributed_body", "reactions", "thread_originator", "destination_caller_id"]
    },
    bridge: { ready: bridge },
    methods: usable,
    supported_methods: supported,
    capabilities: ["watch.resume", "watch.cursor", "messages.after", "send.disposition"]
  }
})

/** `initialize`: the protocol has one version. */
export const initialize = (params: Params<"initialize">) =>
  params.protocol_version === undefined || params.protocol_version === 1
    ? status
    : Effect.fail(
        invalidParams(`unsupported protocol_version ${params.protocol_version}; this build speaks 1`)
      )

/** `chats.list` */
export const listChats = (params: Params<"chats.list">) =>
  Effect.gen(function* () {
    yield* requireDiskAccess
    const db = yield* ChatDatabase
    return { chats: (yield* db.chats(Math.max(params.limit ?? 20, 1))).map(chatPayload) }
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
    if (since === undefined) return yield* invalidParams("since_rowid is required")
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
    // A guid that is no row's is answered too.
    const { service, state } = Option.getOrElse(found, () => ({ service: null, state: "pending" as const }))
    const checkedAt = new Date(yield* Clock.currentTimeMillis).toISOString()
    return { ok: true, guid, send_state: state, service, checked_at: checkedAt }
  })
