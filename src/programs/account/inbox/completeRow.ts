/**
 * Nothing is judged by what a row leaves out. Old builds leave out what kind of chat a row is of, and who is in it: that
 * is asked of the chat.
 */
import { Effect, Option } from "effect"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { RequestError } from "../../../services/ImsgProcess.ts"
import { type FindChat, knowsItsChat, saysAll, withChat } from "../chatdb/knownChats.ts"

/** The row with all that its chat says of it, where that is known. */
export type CompleteRow = (row: ImsgMessage) => Effect.Effect<ImsgMessage, RequestError>

export const makeCompleteRow =
  (findChat: FindChat): CompleteRow =>
  (row) =>
    row.is_from_me || !knowsItsChat(row) || saysAll(row)
      ? Effect.succeed(row)
      : Effect.map(findChat(row), Option.match({ onNone: () => row, onSome: (chat) => withChat(row, chat) }))
