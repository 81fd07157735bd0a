/** The entries of `allowFrom` and `groupAllowFrom`. */
import { Either, Option } from "effect"
import type { Envelope } from "./Envelope.ts"
import type { TargetInvalid } from "./errors/delivery.ts"
import { normaliseHandle } from "./Handle.ts"
import { readPrefixes } from "./Target.ts"

/** Entries, sorted by what they name. */
export interface AllowList {
  readonly everyone: boolean
  readonly handles: ReadonlySet<string>
  readonly chatIds: ReadonlySet<number>
  readonly chatGuids: ReadonlySet<string>
  readonly chatIdentifiers: ReadonlySet<string>
}

/** Whether an entry admits everyone. */
export const isWildcard = (entry: string): boolean => entry.trim() === "*"

/** What is wrong with an entry that is written as a chat and names none; such an entry admits nobody. */
export const malformed = (entry: string): Option.Option<TargetInvalid> => {
  const written = readPrefixes(entry)
  return written._tag === "Chat" ? Either.getLeft(written.chat) : Option.none()
}

/**
 * Reads entries: handles in any usual spelling and with or without a service, chats as targets are written
 * (`chat_id:5`, `chat_guid:…`, `chat_identifier:…`), or `*`. What is no target, such as a short code, still names
 * the sender that is spelt so.
 */
export const parseAllowList = (entries: ReadonlyArray<string>, region: string): AllowList => {
  const handles = new Set<string>()
  const chatIds = new Set<number>()
  const chatGuids = new Set<string>()
  const chatIdentifiers = new Set<string>()
  for (const entry of entries) {
    const written = readPrefixes(entry)
    if (written._tag === "Handle") {
      handles.add(normaliseHandle(written.text, region))
      continue
    }
    if (Either.isLeft(written.chat)) continue
    const chat = written.chat.right
    switch (chat._tag) {
      case "ChatId":
        chatIds.add(chat.chatId)
        break
      case "ChatGuid":
        chatGuids.add(chat.chatGuid)
        break
      case "ChatIdentifier":
        chatIdentifiers.add(chat.chatIdentifier)
        break
    }
  }
  return { everyone: entries.some(isWildcard), handles, chatIds, chatGuids, chatIdentifiers }
}

/** Whether an entry names the sender or the chat of an envelope. */
export const admits = (list: AllowList, envelope: Envelope): boolean =>
  list.everyone ||
  (envelope.sender !== "" && list.handles.has(envelope.sender)) ||
  (envelope.chatId !== undefined && list.chatIds.has(envelope.chatId)) ||
  (envelope.chatGuid !== undefined && list.chatGuids.has(envelope.chatGuid)) ||
  (envelope.chatIdentifier !== undefined && list.chatIdentifiers.has(envelope.chatIdentifier))
