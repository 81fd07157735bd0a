/** The methods that change something, and the subscriptions. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { refusedByMessages, requireDiskAccess, targetChat, timeParam } from "./Access.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { newGuid } from "./chatWrites.ts"
import { Misbehaviour, NO_AUTOMATION } from "./Misbehaviour.ts"
import type { Params } from "./Params.ts"
import { bridgeUnavailable, internalError, invalidParams, ResponseError } from "./Rpc.ts"
import { Settings } from "./Settings.ts"
import { Watch } from "./Watch.ts"

/** What a method answers, and what it does once its answer is written. */
export interface Answer {
  readonly result: unknown
  readonly afterwards?: Effect.Effect<void>
}

/** imsg copies a file beside the attachments of Messages and hands over the copy: the original may go at once. */
const attachment = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { basename, dirname, join } = yield* Path.Path
    const db = yield* ChatDatabase
    const folder = join(dirname(db.file), "Attachments", "imsg", yield* newGuid)
    const path = join(folder, basename(file))
    const info = yield* fs.stat(file).pipe(
      Effect.tap(() => fs.makeDirectory(folder, { recursive: true })),
      Effect.tap(() => fs.copyFile(file, path)),
      Effect.catchAll(() => refusedByMessages(`AppleScript failed: Attachment not found at ${file}`))
    )
    return {
      filename: path,
      transferName: basename(path),
      uti: "public.data",
      mimeType: "application/octet-stream",
      totalBytes: Number(info.size),
      isSticker: false
    }
  })

/** `send`. None when the answer is lost. */
export const send = (params: Params<"send">) =>
  Effect.gen(function* () {
    const misbehaviour = yield* Misbehaviour
    const db = yield* ChatDatabase
    const { build } = yield* Settings
    yield* misbehaviour.at("send", "send")
    const { file = "", service = "auto", text = "" } = params
    if (!["auto", "imessage", "sms"].includes(service)) return yield* invalidParams("invalid service")
    if (text === "" && file === "") return yield* invalidParams("text or file is required")
    yield* requireDiskAccess
    const chat = yield* targetChat({ ...params, service })
    if ((yield* misbehaviour.take("denyAutomation")) !== undefined)
      return yield* refusedByMessages(NO_AUTOMATION)
    const attached = file === "" ? undefined : yield* attachment(file)
    const slow = yield* misbehaviour.take("slowSend")
    if (slow !== undefined) yield* Effect.sleep(slow.ms)
    const failure = yield* misbehaviour.take("failSend")
    if (failure !== undefined) {
      const { code, data, message } = failure
      return yield* new ResponseError({ code, message, data })
    }
    if ((yield* misbehaviour.take("ghostSend")) !== undefined) {
      const guid = build.strict ? { guid: yield* newGuid } : {}
      return Option.some<Answer>({ result: { ok: true, transport: "bridge", ...guid } })
    }
    // Messages makes a row of the text and one of the file; imsg finds again the one with the text.
    const written = text === "" ? undefined : yield* db.send({ chatId: chat.id, text })
    const withFile =
      attached === undefined
        ? undefined
        : yield* db.send({ chatId: chat.id, text: "", attachments: [attached] })
    const parrot = text === "" ? undefined : yield* misbehaviour.take("parrot")
    if (parrot !== undefined && chat.participants.length === 1) {
      const { after = "", before = "", delayMs = 0 } = parrot
      yield* db
        .receive({ chatId: chat.id, sender: chat.identifier, text: `${before}${text}${after}` })
        .pipe(Effect.ignore, Effect.delay(delayMs), Effect.forkDaemon)
    }
    yield* misbehaviour.at("sent", "send")
    if ((yield* misbehaviour.take("loseSendReply")) !== undefined) return Option.none<Answer>()
    const row = written ?? (build.strict ? withFile : undefined)
    return Option.some<Answer>({
      result: {
        ok: true,
        transport: "applescript",
        ...(row === undefined ? {} : { id: row.rowId, guid: row.guid })
      }
    })
  }).pipe(Effect.catchTag("SimulatorRefused", ({ detail }) => refusedByMessages(detail)))

const requireBridge = (method: string) =>
  Effect.gen(function* () {
    const { bridge, build } = yield* Settings
    if (bridge) return
    const detail = `${method} needs the private bridge, which is not running`
    return yield* build.strict ? bridgeUnavailable(detail) : internalError(detail)
  })

/** `typing` */
export const typing = (params: Params<"typing">) =>
  Effect.gen(function* () {
    yield* requireDiskAccess
    yield* targetChat(params)
    yield* requireBridge("typing")
    return { ok: true }
  })

/** `read` */
export const read = (params: Params<"read">) =>
  Effect.gen(function* () {
    yield* requireDiskAccess
    const chat = yield* targetChat(params)
    yield* requireBridge("read")
    yield* (yield* ChatDatabase).markRead(chat.id)
    return { ok: true }
  })

/** `watch.subscribe` */
export const subscribe = (params: Params<"watch.subscribe">) =>
  Effect.gen(function* () {
    const { build, debounceMs } = yield* Settings
    const misbehaviour = yield* Misbehaviour
    yield* misbehaviour.at("subscribe", "watch.subscribe")
    const debounce = params.debounce_ms ?? 500
    if (debounce < 0) return yield* invalidParams("debounce_ms must be a non-negative integer")
    const bufferLimit = params.buffer_limit ?? 256
    if (bufferLimit < 1) return yield* invalidParams("buffer_limit must be a positive integer")
    const start = yield* timeParam(params.start)
    const end = yield* timeParam(params.end)
    const participants = (params.participants ?? []).map((handle) => handle.toLowerCase())
    yield* requireDiskAccess
    const since = params.since_rowid ?? 0
    const tail = yield* (yield* ChatDatabase).maxRowId
    const subscription = yield* (yield* Watch).subscribe({
      after: since === 0 ? tail : since,
      tail,
      chatId: params.chat_id,
      attachments: params.attachments ?? false,
      reactions: params.include_reactions ?? false,
      debounceMs: debounceMs ?? debounce,
      bufferLimit,
      allows: ({ at, sender }) =>
        (participants.length === 0 || participants.includes(sender.toLowerCase())) &&
        (start === undefined || at >= start) &&
        (end === undefined || at < end)
    })
    // Builds before 0.14 start the watch first: a row that waits is written before the answer.
    if (!build.strict) yield* subscription.pending
    return { result: { subscription: subscription.id }, afterwards: subscription.start }
  })

/** `watch.unsubscribe` */
export const unsubscribe = (params: Params<"watch.unsubscribe">) =>
  Effect.gen(function* () {
    if (params.subscription === undefined) return yield* invalidParams("subscription is required")
    yield* (yield* Watch).unsubscribe(params.subscription)
    return { ok: true }
  })
