/** `send` and `send.tracked`, over AppleScript and over the private bridge. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import {
  BRIDGE,
  existingChat,
  refusedBefore,
  refusedByScript,
  requireBridge,
  requireDiskAccess,
  targetChat
} from "./Access.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import type { Attachment, Chat, Inserted } from "./ChatModel.ts"
import { newGuid } from "./chatWrites.ts"
import { Misbehaviour } from "./Misbehaviour.ts"
import type { Params } from "./Params.ts"
import { invalidParams, notStarted, ResponseError } from "./Rpc.ts"
import { Settings } from "./Settings.ts"

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
      Effect.catchAll(() => refusedBefore(`Attachment not found at ${file}`))
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

/** Whether a send goes over the bridge: where one runs, and to a chat that there is. */
const isOverBridge = (transport: string, hasChat: boolean) =>
  Effect.gen(function* () {
    const { bridge, build } = yield* Settings
    if (!["auto", "bridge", "applescript"].includes(transport))
      return yield* invalidParams("invalid transport")
    if (transport !== "bridge") return transport === "auto" && hasChat && bridge && build.sendsOverBridge
    if (!hasChat) return yield* invalidParams("bridge transport requires an existing chat target")
    yield* requireBridge("send")
    return true
  })

/** Messages makes a row of the text and one of the file, the bridge one of both; answers the text's where there are two. */
const writeRows = (
  chat: Chat,
  said: { readonly text: string; readonly file: Attachment | undefined },
  { guid, overBridge }: { readonly guid: string | undefined; readonly overBridge: boolean }
) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const { build } = yield* Settings
    const { file, text } = said
    const attachments = file === undefined ? [] : [file]
    const own = guid === undefined ? {} : { guid }
    if (overBridge) return yield* db.send({ chatId: chat.id, text, attachments, ...own })
    const written = text === "" ? undefined : yield* db.send({ chatId: chat.id, text })
    const withFile =
      file === undefined ? undefined : yield* db.send({ chatId: chat.id, text: "", attachments })
    // imsg finds again the row with the text, and from 0.14 one with a file alone.
    return written ?? (build.strict ? withFile : undefined)
  })

/** The other side's own words, where the fault `parrot` is set. */
const echoed = (chat: Chat, text: string) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const parrot = text === "" ? undefined : yield* (yield* Misbehaviour).take("parrot")
    if (parrot === undefined || chat.participants.length !== 1) return
    const { after = "", before = "", delayMs = 0 } = parrot
    yield* db
      .receive({ chatId: chat.id, sender: chat.identifier, text: `${before}${text}${after}` })
      .pipe(Effect.ignore, Effect.delay(delayMs), Effect.forkDaemon)
  })

interface Sending {
  readonly chat: Chat
  readonly overBridge: boolean
  readonly attemptId?: string
}

/** What a send answers. Over the bridge it is an acknowledgement: it names no row. */
const sendResult = ({ attemptId, chat, overBridge }: Sending, row: Partial<Inserted> | undefined) =>
  Effect.map(Settings, ({ build }) => ({
    ok: true,
    transport: overBridge ? "bridge" : "applescript",
    ...(row?.rowId === undefined || overBridge ? {} : { id: row.rowId }),
    ...(row?.guid === undefined ? {} : { guid: row.guid }),
    ...(build.strict ? { message_id: row?.guid, chat_guid: chat.guid, service: chat.service } : {}),
    ...(attemptId === undefined ? {} : { attempt_id: attemptId })
  }))

/** Sends what is said to a chat. None when the answer is lost. */
const deliver = (sending: Sending, said: { readonly text: string; readonly file: Attachment | undefined }) =>
  Effect.gen(function* () {
    const misbehaviour = yield* Misbehaviour
    const { build } = yield* Settings
    const { attemptId, chat, overBridge } = sending
    if (!overBridge && (yield* misbehaviour.take("denyAutomation")) !== undefined)
      return yield* refusedByScript(-1743, "Not authorized to send Apple events to Messages.")
    const slow = yield* misbehaviour.take("slowSend")
    if (slow !== undefined) yield* Effect.sleep(slow.ms)
    const failure = yield* misbehaviour.take("failSend")
    if (failure !== undefined) {
      const { code, data, message } = failure
      return yield* new ResponseError({ code, message, data })
    }
    if ((yield* misbehaviour.take("ghostSend")) !== undefined) {
      const guid = attemptId ?? (build.strict ? yield* newGuid : undefined)
      const result = yield* sendResult({ ...sending, overBridge: true }, guid === undefined ? {} : { guid })
      return Option.some<Answer>({ result })
    }
    const row = yield* writeRows(chat, said, { guid: attemptId, overBridge })
    yield* echoed(chat, said.text)
    yield* misbehaviour.at("sent", "send")
    if ((yield* misbehaviour.take("loseSendReply")) !== undefined) return Option.none<Answer>()
    return Option.some<Answer>({ result: yield* sendResult(sending, row) })
  })

/** `send`. None when the answer is lost. */
export const send = (params: Params<"send">) =>
  Effect.gen(function* () {
    yield* (yield* Misbehaviour).at("send", "send")
    const { file = "", service = "auto", text = "", transport = "auto" } = params
    if (!["auto", "imessage", "sms"].includes(service)) return yield* invalidParams("invalid service")
    if (text === "" && file === "") return yield* invalidParams("text or file is required")
    yield* requireDiskAccess
    const existing = yield* existingChat({ ...params, service })
    const overBridge = yield* isOverBridge(transport, Option.isSome(existing))
    const chat = yield* targetChat({ ...params, service })
    const attached = file === "" ? undefined : yield* attachment(file)
    return yield* deliver({ chat, overBridge }, { text, file: attached })
  }).pipe(Effect.catchTag("SimulatorRefused", ({ detail }) => refusedBefore(detail)))

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

/** `send.tracked`: one text over the bridge, under a guid that the caller chose. None when the answer is lost. */
export const sendTracked = (params: Params<"send.tracked">) =>
  Effect.gen(function* () {
    yield* (yield* Misbehaviour).at("send", "send.tracked")
    const { service = "auto", text = "", transport = "auto" } = params
    const attemptId = params.attempt_id?.toLowerCase() ?? ""
    if (!UUID.test(attemptId)) return yield* invalidParams("attempt_id must be a UUID")
    if (text === "") return yield* invalidParams("send.tracked supports exactly one text message")
    if (transport === "applescript") return yield* invalidParams("send.tracked requires bridge transport")
    yield* requireDiskAccess
    const db = yield* ChatDatabase
    if (Option.isSome(yield* db.sendStatus(attemptId)))
      return yield* notStarted("attempt_id already identifies a message; choose a new UUID", BRIDGE)
    const existing = yield* existingChat({ ...params, service })
    yield* isOverBridge("bridge", Option.isSome(existing))
    // Messages itself remembers what it was asked for, also where no row came of it.
    if (!(yield* db.reserve(attemptId))) return yield* notStarted("attempt_id is already reserved", BRIDGE)
    const chat = yield* targetChat({ ...params, service })
    return yield* deliver({ chat, overBridge: true, attemptId }, { text, file: undefined })
  }).pipe(Effect.catchTag("SimulatorRefused", ({ detail }) => notStarted(detail, BRIDGE)))
