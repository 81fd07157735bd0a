/** Chats and messages as tools answer them. */
import type { MessageRecord } from "../../schemas/control/Records.ts"
import { nameOf } from "../../schemas/naming.ts"
import type { People } from "../../schemas/People.ts"
import type { ChatEntry } from "../chats/Listed.ts"
import { cutText, shortName } from "./fitted.ts"

/** Those in a chat that are named. */
const MOST_PARTICIPANTS = 32
/** The files of a message that are named. */
const MOST_FILES = 8

/** A time of Messages in ISO 8601, null where there is none. */
export const isoOf = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString()

const named = (name: string | undefined) => (name === undefined ? {} : { name: shortName(name) })

const participant = (people: People) => (handle: string) => ({
  handle: shortName(handle),
  ...named(nameOf(people, handle))
})

export const chatShown =
  (people: People) =>
  ({ id, isGroup, lastMessageAt, name, participants, service }: ChatEntry) => ({
    chat_id: id,
    name: name === undefined ? null : shortName(name),
    participants: participants.slice(0, MOST_PARTICIPANTS).map(participant(people)),
    ...(participants.length > MOST_PARTICIPANTS
      ? { more_participants: participants.length - MOST_PARTICIPANTS }
      : {}),
    is_group: isGroup,
    service: service === undefined ? null : shortName(service),
    last_message_at: isoOf(lastMessageAt)
  })

/** Names by `people`, else by the contacts of the Mac. `chat_id` is there where messages are of several chats. */
export const messageShown =
  (people: People) =>
  ({ at, files, guid, id, isFromMe, sender, senderName, text }: MessageRecord, chatId?: number) => ({
    id,
    guid: shortName(guid),
    ...(chatId === undefined ? {} : { chat_id: chatId }),
    from_me: isFromMe,
    ...(isFromMe || sender === undefined
      ? {}
      : { sender: shortName(sender), ...named(nameOf(people, sender) ?? senderName) }),
    ...cutText(text),
    ...(files.length === 0 ? {} : { files: files.slice(0, MOST_FILES).map(shortName) }),
    ...(files.length > MOST_FILES ? { more_files: files.length - MOST_FILES } : {}),
    at: isoOf(at)
  })
