/** The last messages of a chat, as people read them. */
import { Array as Arr, Effect } from "effect"
import type { MessageRecord } from "../../schemas/control/Records.ts"
import { wordsOf } from "../../schemas/Envelope.ts"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { Askable, AskError } from "../../services/Children.ts"
import { timeOf } from "./Listed.ts"

/** What stands in a text where a file is. */
const FILE_MARK = /\ufffc/gu

const lastOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** What a row says; a poll and a vote have no text. That of a tapback says what it is to, where that is not looked up. */
const textOf = (message: ImsgMessage): string => {
  const own = (message.text ?? "").replace(FILE_MARK, "").trim()
  return message.is_reaction === true && own !== "" ? own : wordsOf(message).text.trim()
}

/** A row as people read it. */
export const recordOf = (message: ImsgMessage): MessageRecord => ({
  id: message.id,
  guid: message.guid,
  at: timeOf(message.created_at),
  isFromMe: message.is_from_me,
  sender: message.sender,
  senderName: message.sender_name,
  text: textOf(message),
  files: (message.attachments ?? []).map(
    ({ filename, transfer_name }) => transfer_name || lastOf(filename ?? "") || "unnamed"
  )
})

interface Wanted {
  readonly chatId: number
  readonly limit: number
  readonly timeoutMs: number
}

/** At most `limit` of the newest rows of a chat, the oldest of them first. */
export const readRows = <E extends AskError>(
  session: Askable<E>,
  { chatId, limit, timeoutMs }: Wanted
): Effect.Effect<ReadonlyArray<ImsgMessage>, E> =>
  Effect.map(
    session.request(Methods.messagesHistory, { chat_id: chatId, limit, attachments: true }, timeoutMs),
    ({ messages }) => Arr.reverse(messages.readable)
  )

/** The same as people read them. */
export const readHistory = <E extends AskError>(
  session: Askable<E>,
  wanted: Wanted
): Effect.Effect<ReadonlyArray<MessageRecord>, E> =>
  Effect.map(readRows(session, wanted), (rows) => rows.map(recordOf))
