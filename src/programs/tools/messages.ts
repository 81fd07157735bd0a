/** The messages that tools name: each is of the chat that whoever calls means, and one that they may see. */
import { Effect, Option } from "effect"
import { mayChange } from "../../schemas/deliveryNames.ts"
import { MessageNotFound, MessageNotOwn } from "../../schemas/errors/tools.ts"
import { isSameGuid } from "../../schemas/guids.ts"
import { Outbox } from "../../services/Outbox.ts"
import { asFits } from "../account/chatdb/asFits.ts"
import { readRows } from "../chats/History.ts"
import type { chatIn } from "./destination.ts"
import { shortName } from "./fitted.ts"
import type { Asked } from "./reach.ts"
import { chatText } from "./reach.ts"

/** How far back a message can be named. Messages edits nothing that is older than a quarter of an hour. */
const NEWEST = 200

/** The row of a message in a chat. */
export const messageIn = (
  { account }: Asked,
  { chat, session, sight }: Effect.Effect.Success<ReturnType<typeof chatIn>>,
  guid: string
) =>
  Effect.gen(function* () {
    const wanted = { chatId: chat.id, timeoutMs: account.supervision.requestTimeoutMs }
    const { answer: rows, limit: newest } = yield* asFits(NEWEST, (limit) =>
      readRows(session, { ...wanted, limit })
    )
    const row = rows.find((one) => isSameGuid(one.guid, guid))
    if (row !== undefined && (yield* sight.shows(chat, row))) return row
    return yield* new MessageNotFound({ guid: shortName(guid), chat: chatText(chat.id), newest })
  })

/** The same of a message that whoever calls may change: see `mayChange`. */
export const ownMessageIn = (
  asked: Asked,
  inChat: Effect.Effect.Success<ReturnType<typeof chatIn>>,
  guid: string
) =>
  Effect.gen(function* () {
    const row = yield* messageIn(asked, inChat, guid)
    const outbox = yield* Outbox
    const { account, grant } = asked
    const delivery = yield* outbox.deliveryOf(account.id, row.guid)
    const isOwn = Option.exists(delivery, (id) => mayChange(id, account.id, grant))
    return row.is_from_me && isOwn ? row : yield* new MessageNotOwn({ guid: shortName(guid) })
  })
