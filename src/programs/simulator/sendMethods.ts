/** `send` and `send.tracked`, over AppleScript and over the private bridge. */
import { Effect, Option } from "effect"
import { existingChat, refusedBefore, refusedByScript, requireDiskAccess, targetChat } from "./Access.ts"
import { BRIDGE, bridgeNow, callHelper, messageOf, requireBridge } from "./bridge/call.ts"
import type { Look } from "./bridge/Extras.ts"
import { stylesOf } from "./bridge/looks.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import type { Attachment, Chat, Inserted } from "./ChatModel.ts"
import { newGuid } from "./chatWrites.ts"
import { Misbehaviour } from "./Misbehaviour.ts"
import { attachment } from "./outgoingFiles.ts"
import type { Method, Params } from "./Params.ts"
import { invalidParams, notStarted, ResponseError } from "./Rpc.ts"
import { Settings } from "./Settings.ts"

/** What a method answers, and what it does once its answer is written. */
export interface Answer {
  readonly result: unknown
  readonly afterwards?: Effect.Effect<void>
}

/** How a send goes, as it was asked for. */
interface Wish {
  readonly transport: string
  readonly hasChat: boolean
  /** It replies to something, or has styles: AppleScript can do neither. */
  readonly isRich: boolean
}

/** Whether a send goes over the bridge: where one runs, and to a chat that there is; `bridge` insists on it. */
const isOverBridge = (method: Method, { hasChat, isRich, transport }: Wish) =>
  Effect.gen(function* () {
    const { build } = yield* Settings
    if (!["auto", "bridge", "applescript"].includes(transport))
      return yield* invalidParams("invalid transport")
    if (isRich && transport === "applescript")
      return yield* invalidParams("reply_to and text_formatting require bridge transport")
    if (transport !== "bridge" && !isRich) {
      const { state } = yield* bridgeNow
      return transport === "auto" && hasChat && state === "on" && build.sendsOverBridge
    }
    if (!hasChat) return yield* invalidParams("bridge transport requires an existing chat target")
    yield* requireBridge(method)
    return true
  })

/** What a text replies to, and its styles, in builds that know of either. */
const richness = (params: Params<"send.tracked">) =>
  Effect.gen(function* () {
    const { build } = yield* Settings
    if (!build.hasReplies) return { isRich: false, look: {} }
    const { reply_to: replyTo, text = "", text_formatting: styles } = params
    const look = yield* stylesOf(build, { bridge: yield* bridgeNow, styles, text })
    const reply = replyTo === undefined ? {} : { replyTo }
    return { isRich: replyTo !== undefined || styles !== undefined, look, ...reply }
  })

/** What is said. */
interface Said {
  readonly text: string
  readonly file: Attachment | undefined
  readonly replyTo?: string
  readonly look?: Look
}

/** The bridge makes one row of all that is said. */
const writeOverBridge = ({ attemptId, chat, method }: Sending, { file, look = {}, replyTo, text }: Said) =>
  Effect.gen(function* () {
    const parent = replyTo === undefined ? undefined : yield* messageOf(method, replyTo, chat.id)
    return yield* (yield* ChatDatabase).send({
      chatId: chat.id,
      text,
      attachments: file === undefined ? [] : [file],
      ...(attemptId === undefined ? {} : { guid: attemptId }),
      ...(parent === undefined ? {} : { replyTo: parent.guid, replyPart: `0:0:${parent.text.length}` }),
      ...(Object.keys(look).length === 0 ? {} : { look })
    })
  })

/** Messages makes a row of the text and one of the file; answers the text's where there are two. */
const writeRows = (chat: Chat, { file, text }: Said) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const { build } = yield* Settings
    const attachments = file === undefined ? [] : [file]
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
  readonly method: "send" | "send.tracked"
  readonly chat: Chat
  readonly overBridge: boolean
  /** Whether it goes by AppleScript where the bridge fails. */
  readonly fallsBack?: boolean
  readonly attemptId?: string
}

const requireAutomation = Effect.gen(function* () {
  if ((yield* (yield* Misbehaviour).take("denyAutomation")) !== undefined)
    return yield* refusedByScript(-1743, "Not authorized to send Apple events to Messages.")
})

/**
 * Writes what is said, and says by which way. Up to 0.13 what the bridge fails at goes by AppleScript instead, also where it
 * was sent and only the answer is missing: then it is said twice.
 */
const write = (sending: Sending, said: Said) => {
  const byScript = Effect.map(writeRows(sending.chat, said), (row) => ({
    row: Option.some(row),
    overBridge: false
  }))
  if (!sending.overBridge) return byScript
  const byBridge = Effect.map(callHelper(sending.method, writeOverBridge(sending, said)), (row) => ({
    row,
    overBridge: true
  }))
  return sending.fallsBack === true
    ? Effect.catchTag(byBridge, "ResponseError", () => Effect.zipRight(requireAutomation, byScript))
    : byBridge
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
const deliver = (sending: Sending, said: Said) =>
  Effect.gen(function* () {
    const misbehaviour = yield* Misbehaviour
    const { build } = yield* Settings
    const { attemptId, chat, overBridge } = sending
    if (!overBridge) yield* requireAutomation
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
    const written = yield* write(sending, said)
    if (Option.isNone(written.row)) return Option.none<Answer>()
    yield* echoed(chat, said.text)
    yield* misbehaviour.at("sent", "send")
    if ((yield* misbehaviour.take("loseSendReply")) !== undefined) return Option.none<Answer>()
    const way = { ...sending, overBridge: written.overBridge }
    return Option.some<Answer>({ result: yield* sendResult(way, written.row.value) })
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
    const { isRich, ...rich } = yield* richness(params)
    const overBridge = yield* isOverBridge("send", { transport, isRich, hasChat: Option.isSome(existing) })
    const chat = yield* targetChat({ ...params, service })
    const attached = file === "" ? undefined : yield* attachment(file)
    const { build } = yield* Settings
    const fallsBack = !build.strict && transport === "auto" && !isRich
    return yield* deliver({ method: "send", chat, overBridge, fallsBack }, { text, file: attached, ...rich })
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
    const { isRich, ...rich } = yield* richness(params)
    yield* isOverBridge("send.tracked", { transport: "bridge", isRich, hasChat: Option.isSome(existing) })
    // Messages itself remembers what it was asked for, also where no row came of it.
    if (!(yield* db.reserve(attemptId))) return yield* notStarted("attempt_id is already reserved", BRIDGE)
    const chat = yield* targetChat({ ...params, service })
    const sending = { method: "send.tracked", chat, overBridge: true, attemptId } as const
    return yield* deliver(sending, { text, file: undefined, ...rich })
  }).pipe(Effect.catchTag("SimulatorRefused", ({ detail }) => notStarted(detail, BRIDGE)))
