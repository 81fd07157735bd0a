/** Whether what happened is of a chat. Pure. What is not costs no look at Messages, which the audit log would have. */
import type { ChatRecord } from "../schemas/control/Records.ts"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"
import { chatOfTarget, handleOf, type Names } from "./names.ts"

/** A chat: its account, and its rowid there. */
export interface ChatKey {
  readonly accountId: string
  readonly id: number
}

/** What is known of a chat. */
export interface KnownChat {
  readonly chat: ChatKey
  /** Undefined before Messages has told of it. */
  readonly record: ChatRecord | undefined
  /** The guids of its messages: a turn is named after the first that it is of. */
  readonly guids: ReadonlySet<string>
  /** Whether they are being asked for, so that there may be newer ones. */
  readonly isAsking: boolean
}

const isTargetOf = ({ chat, record }: KnownChat, target: string): boolean => {
  if (target === `chat_id:${chat.id}`) return true
  if (record === undefined) return false
  const [only] = record.participants
  return (
    chatOfTarget({ chats: [record] }, chat.accountId, target) !== undefined ||
    (!record.isGroup && only === handleOf(target))
  )
}

export const isOfChat = (event: GatewayEvent, known: KnownChat): boolean => {
  const { accountId, id } = known.chat
  if (!("accountId" in event) || event.accountId !== accountId) return false
  switch (event._tag) {
    case "MessageJudged":
      return event.chatId === id
    case "PartSettled":
      return isTargetOf(known, event.target)
    case "TurnEnded":
      return known.isAsking || known.guids.has(event.turnId.slice(`${accountId}:`.length))
    default:
      return false
  }
}

/** Whether an event is of a chat that Messages has not told of yet. */
export const isOfNewChat = (event: GatewayEvent, names: Pick<Names, "chats">): boolean => {
  if (!("accountId" in event)) return false
  const target =
    "target" in event
      ? event.target
      : event._tag === "MessageJudged" && event.chatId !== undefined
        ? `chat_id:${event.chatId}`
        : undefined
  return target?.startsWith("chat_id:") === true && chatOfTarget(names, event.accountId, target) === undefined
}
