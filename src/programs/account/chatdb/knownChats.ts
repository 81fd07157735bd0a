/** What is known of the chats of a database: old builds leave it out of their rows, and `chats.list` has it. */
import { Clock, Effect, Option } from "effect"
import { type ImsgChat, type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"

/** Chats that are asked for, newest first: what was just written in is among the first. */
const DEPTHS = [100, 1000] as const
/** Chats that are remembered, with so many of those who are in them: of more it only matters that there are many. */
const CAPACITY = 1000
const PARTICIPANTS = 32
/** Who is in a chat changes. */
const HOLDS_MS = 5 * 60_000

/** Whether a row names its chat. */
export const knowsItsChat = ({ chat_guid, chat_id, chat_identifier }: ImsgMessage): boolean =>
  (chat_id !== undefined && chat_id > 0) || Boolean(chat_guid) || Boolean(chat_identifier)

/** Guids of chats say it: `iMessage;+;chat…` is a group, `iMessage;-;+1…` is none. */
const KIND = /;[+-];/u

/** Whether a row says whether it is of a group: what does not is never taken for a direct message. */
export const knowsItsKind = ({ chat_guid = "", chat_identifier = "", is_group }: ImsgMessage): boolean =>
  is_group !== undefined || KIND.test(chat_guid) || KIND.test(chat_identifier)

/** Whether a row says all of its chat that who may talk, and where it belongs, depends on. */
export const saysAll = (row: ImsgMessage): boolean =>
  row.chat_id !== undefined &&
  row.chat_id > 0 &&
  Boolean(row.chat_guid) &&
  Boolean(row.chat_identifier) &&
  row.participants !== undefined &&
  knowsItsKind(row)

/** A row with what its chat adds to it; what it says itself stays. */
export const withChat = (row: ImsgMessage, chat: ImsgChat): ImsgMessage => {
  const { guid, id, identifier, is_group, participants } = chat
  return {
    ...row,
    chat_id: row.chat_id !== undefined && row.chat_id > 0 ? row.chat_id : id,
    ...(row.chat_guid || guid === undefined ? {} : { chat_guid: guid }),
    ...(row.chat_identifier || identifier === undefined ? {} : { chat_identifier: identifier }),
    ...(row.is_group !== undefined || is_group === undefined ? {} : { is_group }),
    ...(row.participants !== undefined || participants === undefined ? {} : { participants })
  }
}

const isOf = (row: ImsgMessage, { guid, id, identifier }: ImsgChat): boolean =>
  row.chat_id !== undefined && row.chat_id > 0
    ? row.chat_id === id
    : row.chat_guid
      ? row.chat_guid === guid
      : row.chat_identifier === identifier

/** Finds the chat of a row; none where the child does not know it. */
export type FindChat = (row: ImsgMessage) => Effect.Effect<Option.Option<ImsgChat>, RequestError>

/** What `chats.list` says, asked for by whoever reads the rows of one child. */
export interface KnownChats {
  /** The chat of a row; what was found is remembered for a while. */
  readonly find: FindChat
  /** The chat of a row as it is now, for what changes with the next message. */
  readonly findNow: FindChat
}

export const makeKnownChats = ({ account }: AccountContext, session: ImsgSession): KnownChats => {
  const known = new Map<number, { readonly chat: ImsgChat; readonly at: number }>()

  const remember = (chats: ReadonlyArray<ImsgChat>, at: number) => {
    // The newest last, so that they stay.
    for (const chat of [...chats].reverse()) {
      known.delete(chat.id)
      const { participants } = chat
      known.set(chat.id, {
        chat:
          participants === undefined ? chat : { ...chat, participants: participants.slice(0, PARTICIPANTS) },
        at
      })
    }
    for (const id of [...known.keys()].slice(0, Math.max(0, known.size - CAPACITY))) known.delete(id)
  }

  const remembered = (row: ImsgMessage, now: number): ImsgChat | undefined => {
    const entry =
      row.chat_id !== undefined && row.chat_id > 0
        ? known.get(row.chat_id)
        : [...known.values()].find(({ chat }) => isOf(row, chat))
    return entry !== undefined && Math.abs(now - entry.at) <= HOLDS_MS ? entry.chat : undefined
  }

  const findNow: FindChat = (row) =>
    Effect.gen(function* () {
      for (const limit of DEPTHS) {
        const { chats } = yield* session.request(
          Methods.chatsList,
          { limit },
          account.supervision.requestTimeoutMs
        )
        remember(chats.readable, yield* Clock.currentTimeMillis)
        const found = chats.readable.find((chat) => isOf(row, chat))
        if (found !== undefined) return Option.some(found)
        if (chats.readable.length + chats.unreadable < limit) break
      }
      return Option.none()
    })

  return {
    find: (row) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const before = remembered(row, now)
        return before === undefined ? findNow(row) : Effect.succeedSome(before)
      }),
    findNow
  }
}
