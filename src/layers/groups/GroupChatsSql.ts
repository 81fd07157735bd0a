/** What is known of groups, in the gateway's store. */
import { Array as Arr, Effect, Layer } from "effect"
import { identifierOfSeveral } from "../../schemas/config/groupKeys.ts"
import type { ChatNames } from "../../schemas/GroupSettings.ts"
import { type GroupChat, GroupChats } from "../../services/GroupChats.ts"
import { Database } from "../database/Database.ts"

/** Groups of an account that are known; of one that is forgotten the name is made anew, and mostly the same. */
const MOST = 10_000

interface ChatRow {
  readonly chat_id: number
  readonly identifier: string
  readonly guid: string | null
}

interface NameRow {
  readonly name: string
  readonly history_id: number | null
}

const namesOf = ({ chat_id, guid, identifier }: ChatRow): ChatNames => ({
  chatId: chat_id,
  chatIdentifier: identifier,
  ...(guid === null ? {} : { chatGuid: guid })
})

const ownName = (accountId: string, id: number | string): string => `${accountId}:group:${id}`

/** What the sessions of a group may be called by its chat_id, the best first. */
const candidates = (accountId: string, isFirst: boolean, chatId: number): ReadonlyArray<string> => [
  ...(isFirst ? [`group:${chatId}`] : []),
  ownName(accountId, chatId)
]

const make = Effect.gen(function* () {
  const database = yield* Database
  const chatOf = database.prepare<ChatRow>(
    "SELECT chat_id, identifier, guid FROM group_chats WHERE account_id = ? AND chat_id = ?"
  )
  const chatsOf = database.prepare<ChatRow>(
    "SELECT chat_id, identifier, guid FROM group_chats WHERE account_id = ? AND identifier = ? ORDER BY chat_id"
  )
  const putChat = database.prepare(`
    INSERT INTO group_chats (account_id, chat_id, identifier, guid) VALUES (?, ?, ?, ?)
    ON CONFLICT (account_id, chat_id) DO UPDATE SET
      identifier = excluded.identifier, guid = coalesce(excluded.guid, guid)`)
  const nameOf = database.prepare<NameRow>(
    "SELECT name, history_id FROM group_names WHERE account_id = ? AND identifier = ?"
  )
  const isTaken = database.prepare("SELECT 1 FROM group_names WHERE name = ?")
  const putName = database.prepare(`
    INSERT INTO group_names (account_id, identifier, name, history_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (account_id, identifier) DO UPDATE SET history_id = excluded.history_id`)
  const trimNames = database.prepare(`
    DELETE FROM group_names WHERE account_id = ? AND seq <= (
      SELECT seq FROM group_names WHERE account_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)`)
  const trimChats = database.prepare(`
    DELETE FROM group_chats WHERE account_id = ? AND identifier NOT IN
      (SELECT identifier FROM group_names WHERE account_id = ?)`)
  const firstAccount = database.prepare<{ readonly account_id: string }>(
    "SELECT account_id FROM first_account"
  )
  const putFirstAccount = database.prepare(
    "INSERT OR IGNORE INTO first_account (only_one, account_id) VALUES (1, ?)"
  )

  /** The identifier of a group: its own, or the one that its chat had before where it says none. */
  const identify = (accountId: string, { chatGuid, chatId, chatIdentifier }: ChatNames) =>
    identifierOfSeveral(chatGuid, chatIdentifier) ??
    (chatIdentifier === undefined ? chatOf.get(accountId, chatId)?.identifier : undefined)

  const isFree = (name: string): boolean => isTaken.get(name) === undefined

  const look = (accountId: string, chat: ChatNames): GroupChat => {
    const identifier = identify(accountId, chat)
    const isFirst = (firstAccount.get()?.account_id ?? accountId) === accountId
    if (identifier === undefined) {
      const options = candidates(accountId, isFirst, chat.chatId)
      return {
        name: options.find(isFree) ?? ownName(accountId, chat.chatId),
        historyId: chat.chatId,
        chats: [chat]
      }
    }
    const chats = chatsOf.all(accountId, identifier)
    const named = nameOf.get(accountId, identifier)
    // Messages gives the ids in order: the lowest is that of the oldest chat.
    const oldest = Math.min(chat.chatId, ...chats.map(({ chat_id }) => chat_id))
    return {
      name:
        named?.name ??
        candidates(accountId, isFirst, oldest).find(isFree) ??
        // The numbers are those of groups in another database.
        ownName(accountId, identifier),
      historyId: named?.history_id ?? oldest,
      chats: [chat, ...chats.filter(({ chat_id }) => chat_id !== chat.chatId).map(namesOf)]
    }
  }

  /** Whether all that there is to know of a chat is written down. */
  const isKept = (accountId: string, chat: ChatNames): boolean => {
    const identifier = identify(accountId, chat)
    if (identifier === undefined) return firstAccount.get() !== undefined
    const known = chatOf.get(accountId, chat.chatId)
    return (
      known?.identifier === identifier &&
      (chat.chatGuid === undefined || known.guid === chat.chatGuid) &&
      (nameOf.get(accountId, identifier)?.history_id ?? null) !== null
    )
  }

  const write = (accountId: string, chat: ChatNames) => {
    putFirstAccount.run(accountId)
    const identifier = identify(accountId, chat)
    if (identifier === undefined) return
    putChat.run(accountId, chat.chatId, identifier, chat.chatGuid ?? null)
    if (isKept(accountId, chat)) return
    const { historyId, name } = look(accountId, chat)
    putName.run(accountId, identifier, name, historyId)
    if (trimNames.run(accountId, accountId, MOST).changes > 0) trimChats.run(accountId, accountId)
  }

  return GroupChats.of({
    nameFirst: (accountId) =>
      database.write(() => {
        putFirstAccount.run(accountId)
      }),

    of: (accountId, chat) => database.read(() => look(accountId, chat)),

    keep: (accountId, chat) =>
      Effect.gen(function* () {
        if (!(yield* database.read(() => isKept(accountId, chat)))) {
          yield* database.write(() => write(accountId, chat))
        }
        return yield* database.read(() => look(accountId, chat))
      }),

    unknown: (accountId, chatIds) =>
      database.read(() => chatIds.filter((chatId) => chatOf.get(accountId, chatId) === undefined)),

    learn: (accountId, chats) =>
      Arr.isNonEmptyReadonlyArray(chats)
        ? database.write(() => {
            for (const chat of chats) {
              const identifier = identify(accountId, chat)
              if (identifier !== undefined) {
                putChat.run(accountId, chat.chatId, identifier, chat.chatGuid ?? null)
              }
            }
          })
        : Effect.void
  })
})

export const layer: Layer.Layer<GroupChats, never, Database> = Layer.effect(GroupChats, make)
