/**
 * Nothing is judged by what a row leaves out. A row can be announced before Messages has put it into its chat, and then
 * says nothing of it: it is looked for where the newest messages are. Old builds leave out what kind of chat it is, and
 * who is in it: that is asked of the chat.
 */
import { Effect, Option } from "effect"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { type AccountContext, filesParam } from "./AccountContext.ts"
import { type FindChat, knowsItsChat, knowsItsKind, saysAll, withChat } from "./knownChats.ts"
import { patiently } from "./patiently.ts"
import { canPage, chatRows, noneReadable } from "./recentRows.ts"

/** Chats, newest first, and messages of each that are looked through: the row is among the newest of all. */
const CHATS = 10
const MESSAGES = 50
/** Looks, one second apart: Messages needs a moment to put a message into its chat. */
const LOOKS = 3
const LOOK_EVERY = "1 second"

const look = (
  context: AccountContext,
  session: ImsgSession,
  wanted: ImsgMessage
): Effect.Effect<Option.Option<ImsgMessage>, RequestError> =>
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
      if (row !== undefined) return Option.some(row)
    }
    const { chats } = yield* session.request(Methods.chatsList, { limit: CHATS }, requestTimeoutMs)
    if (chats.readable.length + chats.unreadable === 0) return Option.none()
    let unread = chats.unreadable
    for (const { id: chatId } of chats.readable) {
      const asked = { chatId, messages: MESSAGES, attachments: context.account.includeAttachments }
      const messages = yield* chatRows(session, asked, requestTimeoutMs)
      if (Option.isNone(messages)) unread += 1
      const row = Option.getOrElse(messages, () => []).find(({ guid }) => guid === wanted.guid)
      if (row !== undefined) return Option.some({ ...row, chat_id: row.chat_id ?? chatId })
    }
    if (unread === chats.readable.length + chats.unreadable) return yield* noneReadable
    return Option.none()
  })

/** The row once Messages has put it into its chat; none where it does not do so soon. */
const search = (
  context: AccountContext,
  session: ImsgSession,
  wanted: ImsgMessage,
  looks = LOOKS
): Effect.Effect<Option.Option<ImsgMessage>, RequestError> =>
  Effect.flatMap(patiently(look(context, session, wanted)), (found) =>
    Option.isSome(found) || looks === 1
      ? Effect.succeed(found)
      : Effect.delay(search(context, session, wanted, looks - 1), LOOK_EVERY)
  )

/** What a row says of no chat at all means nothing: some builds write `is_group: false` then. */
const withoutChat = ({
  chat_guid: _guid,
  chat_id: _id,
  chat_identifier: _identifier,
  is_group: _isGroup,
  participants: _participants,
  ...rest
}: ImsgMessage) => rest

/**
 * The row with all that its chat says of it; none where nobody knows its chat, or whether that is a group: it could be
 * one, and would be answered in private. A child that cannot say it fails: the row comes again.
 */
export type CompleteRow = (message: ImsgMessage) => Effect.Effect<Option.Option<ImsgMessage>, RequestError>

export const makeCompleteRow = (
  context: AccountContext,
  session: ImsgSession,
  findChat: FindChat
): CompleteRow => {
  const placed: CompleteRow = (message) =>
    knowsItsChat(message)
      ? Effect.succeedSome(message)
      : Effect.map(
          search(context, session, message),
          Option.map((row) => ({ ...withoutChat(message), ...row, id: message.id }))
        )
  const described = (row: ImsgMessage) =>
    saysAll(row)
      ? Effect.succeed(row)
      : Effect.map(
          patiently(findChat(row)),
          Option.match({ onNone: () => row, onSome: (chat) => withChat(row, chat) })
        )
  return (message) =>
    Effect.gen(function* () {
      const row = yield* placed(message)
      if (Option.isNone(row)) return Option.none()
      return Option.liftPredicate(yield* described(row.value), knowsItsKind)
    })
}
