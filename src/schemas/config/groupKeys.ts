/** The keys of `groups`: the ways to name a group in a config, and the one spelling of each. */
import { Either } from "effect"
import { guidsFor, identifierOf, isOfSeveral, plainGuid } from "../chatGuid.ts"
import { readPrefixes } from "../Target.ts"

const ANY = "*"

/** The key of a chat_id. */
export const byId = (chatId: number): string => String(chatId)

/** The key of an identifier, which a group keeps where it goes on as another chat. */
export const byIdentifier = (identifier: string): string => `chat_identifier:${identifier}`

const byGuid = (guid: string): string => `chat_guid:${guid}`

/** The key of a guid: that of a group by its identifier, that of another chat by its guid. */
const keyOfGuid = (guid: string): string => {
  const identifier = identifierOf(guid)
  return identifier === undefined ? byGuid(plainGuid(guid)) : byIdentifier(identifier)
}

/** The keys that name the chat of a guid. */
export const keysOfGuid = (guid: string): ReadonlyArray<string> =>
  identifierOf(guid) === undefined ? guidsFor(guid).map(byGuid) : [keyOfGuid(guid)]

/** The identifier of a chat of several people, as far as it says it; that of two people is no group's. */
export const identifierOfSeveral = (
  chatGuid: string | undefined,
  chatIdentifier: string | undefined
): string | undefined => {
  const inGuid = chatGuid === undefined ? undefined : identifierOf(chatGuid)
  if (chatIdentifier === undefined) return inGuid
  return inGuid !== undefined || isOfSeveral(chatIdentifier) ? chatIdentifier : undefined
}

/** What may stand without a prefix: the guid of a chat, and what Messages calls the chats of several people. */
const BARE_GUID = /^\w+;[+-];\S+$/u
const BARE_IDENTIFIER = /^(?:chat\d+|[0-9a-f]{32})$/iu

/**
 * The one spelling of a key: `*`, the digits of a chat_id, `chat_identifier:…`, or `chat_guid:…` where the guid is no
 * group's. None where it names nothing.
 */
export const groupKey = (written: string): string | undefined => {
  const key = written.trim()
  if (key === ANY) return ANY
  // Digits are the number of a chat, of which there is one spelling.
  if (/^0\d*$/u.test(key)) return undefined
  const read = readPrefixes(/^\d+$/u.test(key) ? `chat_id:${key}` : key)
  if (read._tag === "Handle") {
    if (BARE_GUID.test(key)) return keyOfGuid(key)
    return BARE_IDENTIFIER.test(key) ? byIdentifier(key) : undefined
  }
  if (Either.isLeft(read.chat)) return undefined
  const chat = read.chat.right
  switch (chat._tag) {
    case "ChatId":
      return byId(chat.chatId)
    case "ChatGuid":
      return keyOfGuid(chat.chatGuid)
    case "ChatIdentifier":
      return byIdentifier(chat.chatIdentifier)
  }
}

/** The chat_ids among keys in their one spelling. */
export const chatIdsOf = (keys: ReadonlyArray<string>): ReadonlyArray<number> =>
  keys.flatMap((key) => (/^\d+$/u.test(key) ? [Number(key)] : []))
