/** `send.rich` and `send.attachment`: messages as only the bridge can send them. */
import { Effect } from "effect"
import { ChatDatabase } from "../ChatDatabase.ts"
import type { Attachment, Chat, Inserted } from "../ChatModel.ts"
import { attachment } from "../outgoingFiles.ts"
import type { Method, Params } from "../Params.ts"
import { invalidParams } from "../Rpc.ts"
import { Settings } from "../Settings.ts"
import { bridgeNow, messageOf, required } from "./call.ts"
import type { Look } from "./Extras.ts"
import { effectOf, stylesOf } from "./looks.ts"
import { inChat } from "./messageMethods.ts"

/** What is acknowledged. A message with a file names its row, in builds that send one by `send.rich`. */
const acknowledged = (chat: Chat, { guid, rowId }: Inserted, hasFile: boolean) =>
  Effect.map(Settings, ({ build }) => ({
    result: {
      ok: true,
      guid,
      message_id: guid,
      ...(build.strict ? { chat_guid: chat.guid } : {}),
      ...(build.strict && hasFile ? { id: rowId } : {})
    }
  }))

interface Saying {
  readonly text: string
  readonly file: Attachment | undefined
  readonly replyTo: string | undefined
  /** The part of that message. */
  readonly part: number | undefined
  readonly look: Look
}

const say = (method: Method, chat: Chat, { file, look, part, replyTo, text }: Saying) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const parent = replyTo === undefined ? undefined : yield* messageOf(method, replyTo, chat.id)
    const row = yield* db.send({
      chatId: chat.id,
      text,
      attachments: file === undefined ? [] : [file],
      ...(parent === undefined
        ? {}
        : { replyTo: parent.guid, replyPart: `${part ?? 0}:0:${parent.text.length}` }),
      ...(Object.keys(look).length === 0 ? {} : { look })
    })
    return yield* acknowledged(chat, row, file !== undefined)
  })

/** `send.rich`. Builds before 0.14 take no notice of a file. */
export const sendRich = (params: Params<"send.rich">) =>
  Effect.gen(function* () {
    const { build } = yield* Settings
    const { effect, reply_to: replyTo, subject, text = "", text_formatting: styles } = params
    const path = build.strict ? (params.file ?? "") : ""
    if (build.strict && text === "" && path === "") return yield* invalidParams("text or file is required")
    const look = {
      ...(yield* effectOf(build, effect)),
      ...(yield* stylesOf(build, { bridge: yield* bridgeNow, styles, text })),
      ...(subject === undefined || subject === "" ? {} : { subject })
    }
    return yield* inChat("send.rich", params, (chat) =>
      Effect.gen(function* () {
        const file = path === "" ? undefined : yield* attachment(path, "send.rich")
        return yield* say("send.rich", chat, { text, file, replyTo, part: params.part_index, look })
      })
    )
  })

/** `send.attachment` */
export const sendAttachment = (params: Params<"send.attachment">) =>
  Effect.gen(function* () {
    const path = yield* required("file", params.file)
    return yield* inChat("send.attachment", params, (chat) =>
      Effect.gen(function* () {
        const file = yield* attachment(path, "send.attachment")
        const look = params.audio === true ? { isAudio: true } : {}
        return yield* say("send.attachment", chat, {
          text: "",
          file,
          replyTo: params.reply_to,
          part: params.part_index,
          look
        })
      })
    )
  })
