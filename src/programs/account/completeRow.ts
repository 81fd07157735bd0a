/**
 * A row can be announced before Messages has put it into its chat, and then says nothing of it: not even whether that
 * is a group. It is looked for where the newest messages are.
 */
import { Effect, Option, Schedule } from "effect"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { type AccountContext, filesParam } from "./AccountContext.ts"
import { canPage, chatRows, noneReadable } from "./recentRows.ts"
import { whenIdle } from "./whenIdle.ts"

/** Chats, newest first, and messages of each that are looked through: the row is among the newest of all. */
const CHATS = 10
const MESSAGES = 50
/** Looks, one second apart: Messages needs a moment to put a message into its chat. */
const LOOKS = 3
const LOOK_EVERY = "1 second"
/** How often a child that cannot say it now is asked, before it is given up. */
const TRIES = 5

const knowsItsChat = ({ chat_guid, chat_id, chat_identifier }: ImsgMessage): boolean =>
  (chat_id !== undefined && chat_id > 0) || Boolean(chat_guid) || Boolean(chat_identifier)

/** What a look found. Where Messages has no chats at all, there is no group that the row could be of. */
type Found =
  | { readonly _tag: "Row"; readonly row: ImsgMessage }
  | { readonly _tag: "NoChats" }
  | { readonly _tag: "Nothing" }

const look = (
  context: AccountContext,
  session: ImsgSession,
  wanted: ImsgMessage
): Effect.Effect<Found, RequestError> =>
  Effect.gen(function* () {
    const { requestTimeoutMs } = context.account.supervision
    const files = filesParam(context)
    const isWanted = (row: ImsgMessage) => row.guid === wanted.guid && knowsItsChat(row)
    if (canPage(session)) {
      const { messages } = yield* session.request(
        Methods.messagesAfter,
        { since_rowid: wanted.id - 1, limit: 1, ...files },
        requestTimeoutMs
      )
      const row = messages.readable.find(isWanted)
      if (row !== undefined) return { _tag: "Row", row }
    }
    const { chats } = yield* session.request(Methods.chatsList, { limit: CHATS }, requestTimeoutMs)
    if (chats.readable.length + chats.unreadable === 0) return { _tag: "NoChats" }
    let unread = chats.unreadable
    for (const { id: chatId } of chats.readable) {
      const asked = { chatId, messages: MESSAGES, attachments: context.account.includeAttachments }
      const messages = yield* chatRows(session, asked, requestTimeoutMs)
      if (Option.isNone(messages)) unread += 1
      const row = Option.getOrElse(messages, () => []).find(({ guid }) => guid === wanted.guid)
      if (row !== undefined) return { _tag: "Row", row: { ...row, chat_id: row.chat_id ?? chatId } }
    }
    if (unread === chats.readable.length + chats.unreadable) return yield* noneReadable
    return { _tag: "Nothing" }
  })

/**
 * The row with its chat; none where that cannot be found out: it could be of a group, and would be answered in private.
 * A child that cannot say it fails: the row comes again.
 */
export const completeRow = (
  context: AccountContext,
  session: ImsgSession,
  message: ImsgMessage
): Effect.Effect<Option.Option<ImsgMessage>, RequestError> => {
  if (knowsItsChat(message)) return Effect.succeedSome(message)
  const oneLook = Effect.zipRight(whenIdle(session), look(context, session, message)).pipe(
    Effect.retry(Schedule.intersect(Schedule.spaced(LOOK_EVERY), Schedule.recurs(TRIES - 1)))
  )
  const search = (looks: number): Effect.Effect<Found, RequestError> =>
    Effect.flatMap(oneLook, (found) =>
      found._tag === "Row" || looks === 1
        ? Effect.succeed(found)
        : Effect.delay(search(looks - 1), LOOK_EVERY)
    )
  return Effect.map(search(LOOKS), (found) => {
    switch (found._tag) {
      case "Row":
        return Option.some({ ...message, ...found.row, id: message.id })
      case "NoChats":
        return Option.some(message)
      case "Nothing":
        return Option.none()
    }
  })
}
