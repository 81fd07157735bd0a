/**
 * A row can be announced before Messages has put it into its chat, and then says nothing of it: not even whether that
 * is a group. It is looked for where the newest messages are.
 */
import { Effect, Option } from "effect"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"
import type { AccountContext } from "./AccountContext.ts"

/** Chats, newest first, and messages of each that are looked through: the row is among the newest of all. */
const CHATS = 5
const MESSAGES = 20
/** How long Messages may take to put a message into its chat. */
const SETTLES_AFTER = "1 second"

const knowsItsChat = ({ chat_guid, chat_id, chat_identifier }: ImsgMessage): boolean =>
  (chat_id !== undefined && chat_id > 0) || Boolean(chat_guid) || Boolean(chat_identifier)

const find = ({ account }: AccountContext, session: ImsgSession, guid: string) =>
  Effect.gen(function* () {
    const { requestTimeoutMs } = account.supervision
    const { chats } = yield* session.request(Methods.chatsList, { limit: CHATS }, requestTimeoutMs)
    for (const chat of chats) {
      const { messages } = yield* session.request(
        Methods.messagesHistory,
        {
          chat_id: chat.id,
          limit: MESSAGES,
          ...(account.includeAttachments ? { attachments: true } : {})
        },
        requestTimeoutMs
      )
      const found = messages.find((message) => message.guid === guid)
      if (found !== undefined) return Option.some({ ...found, chat_id: found.chat_id ?? chat.id })
    }
    return Option.none<ImsgMessage>()
  }).pipe(
    // The child that cannot say it now is looked after elsewhere.
    Effect.orElseSucceed(Option.none<ImsgMessage>)
  )

/** The row with its chat, where that can be found out; else the row as it is. */
export const completeRow = (
  context: AccountContext,
  session: ImsgSession,
  message: ImsgMessage
): Effect.Effect<ImsgMessage> =>
  knowsItsChat(message)
    ? Effect.succeed(message)
    : Effect.gen(function* () {
        const found = yield* Effect.flatMap(
          find(context, session, message.guid),
          Option.match({
            onSome: (row) => Effect.succeedSome(row),
            onNone: () => Effect.delay(find(context, session, message.guid), SETTLES_AFTER)
          })
        )
        return Option.match(found, {
          onNone: () => message,
          onSome: (row) => ({ ...message, ...row, id: message.id })
        })
      })
