/** Which chats of the database a target can be. */
import { Effect } from "effect"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import { type ImsgChat, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { Destination } from "../../../schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"

/** Chats that are looked through, those with the newest messages first: a chat that was just written to is there. */
const CHATS = 200

/** The person on the other side of a chat, if it is one with a single person. */
const isWith = (handle: string, chat: ImsgChat, region: string): boolean => {
  if (chat.is_group === true) return false
  const [person, ...others] = chat.participants ?? []
  const name = person ?? chat.identifier
  return others.length === 0 && name !== undefined && normaliseHandle(name, region) === handle
}

const isTarget = (target: Destination, chat: ImsgChat, region: string): boolean => {
  switch (target._tag) {
    case "ChatId":
      return chat.id === target.chatId
    case "ChatGuid":
      return chat.guid === target.chatGuid
    case "ChatIdentifier":
      return chat.identifier === target.chatIdentifier
    case "Handle":
      return isWith(target.handle, chat, region)
    case "NewChat":
      // Whether a chat with just these people is the one that was made, or older, nothing tells.
      return false
  }
}

/** The rowids of the chats that a target can be, and whether none of the chats was impossible to read. */
export interface TargetChats {
  readonly chatIds: ReadonlyArray<number>
  readonly isWhole: boolean
}

/** The chats that a target can be: a person has one for each service. `region` reads their numbers. */
export const targetChats = (
  session: ImsgSession,
  target: Destination,
  { region, requestTimeoutMs }: { readonly region: string; readonly requestTimeoutMs: number }
): Effect.Effect<TargetChats, RequestError> =>
  target._tag === "ChatId"
    ? Effect.succeed({ chatIds: [target.chatId], isWhole: true })
    : Effect.map(session.request(Methods.chatsList, { limit: CHATS }, requestTimeoutMs), ({ chats }) => ({
        chatIds: chats.readable.filter((chat) => isTarget(target, chat, region)).map(({ id }) => id),
        isWhole: chats.unreadable === 0
      }))
