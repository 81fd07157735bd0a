/** What is known of groups, in the gateway's store. */
import { Array as Arr, Effect, Layer } from "effect"
import { identifierOfSeveral } from "../../schemas/config/groupKeys.ts"
import type { ChatNames } from "../../schemas/GroupSettings.ts"
import { type GroupChat, GroupChats } from "../../services/GroupChats.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

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
      identifier = excluded.identifier, guid = coalesce(excluded.guid, group_chats.guid)`)
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
    "INSERT INTO first_account (only_one, account_id) VALUES (1, ?) ON CONFLICT (only_one) DO NOTHING"
  )

  /** The identifier of a group: its own, or the one that its chat had before where it says none. */
  const identify: (accountId: string, chat: ChatNames) => Step.Step<string | undefined> = function* (
    accountId,
    { chatGuid, chatId, chatIdentifier }
  ) {
    const own = identifierOfSeveral(chatGuid, chatIdentifier)
    if (own !== undefined || chatIdentifier !== undefined) return own
    return (yield* chatOf.get(accountId, chatId))?.identifier
  }

  const firstFree: (names: ReadonlyArray<string>) => Step.Step<string | undefined> = function* (names) {
    for (const name of names) if ((yield* isTaken.get(name)) === undefined) return name
    return undefined
  }

  const look: (accountId: string, chat: ChatNames) => Step.Step<GroupChat> = function* (accountId, chat) {
    const identifier = yield* identify(accountId, chat)
    const isFirst = ((yield* firstAccount.get())?.account_id ?? accountId) === accountId
    if (identifier === undefined) {
      const options = candidates(accountId, isFirst, chat.chatId)
      return {
        name: (yield* firstFree(options)) ?? ownName(accountId, chat.chatId),
        historyId: chat.chatId,
        chats: [chat]
      }
    }
    const chats = yield* chatsOf.all(accountId, identifier)
    const named = yield* nameOf.get(accountId, identifier)
    // Messages gives the ids in order: the lowest is that of the oldest chat.
    const oldest = Math.min(chat.chatId, ...chats.map(({ chat_id }) => chat_id))
    return {
      name:
        named?.name ??
        (yield* firstFree(candidates(accountId, isFirst, oldest))) ??
        // The numbers are those of groups in another database.
        ownName(accountId, identifier),
      historyId: named?.history_id ?? oldest,
      chats: [chat, ...chats.filter(({ chat_id }) => chat_id !== chat.chatId).map(namesOf)]
    }
  }

  /** Whether all that there is to know of a chat is written down. */
  const isKept: (accountId: string, chat: ChatNames) => Step.Step<boolean> = function* (accountId, chat) {
    const identifier = yield* identify(accountId, chat)
    if (identifier === undefined) return (yield* firstAccount.get()) !== undefined
    const known = yield* chatOf.get(accountId, chat.chatId)
    return (
      known?.identifier === identifier &&
      (chat.chatGuid === undefined || known.guid === chat.chatGuid) &&
      ((yield* nameOf.get(accountId, identifier))?.history_id ?? null) !== null
    )
  }

  const write: (accountId: string, chat: ChatNames) => Step.Step<void> = function* (accountId, chat) {
    yield* putFirstAccount.run(accountId)
    const identifier = yield* identify(accountId, chat)
    if (identifier === undefined) return
    yield* putChat.run(accountId, chat.chatId, identifier, chat.chatGuid ?? null)
    if (yield* isKept(accountId, chat)) return
    const { historyId, name } = yield* look(accountId, chat)
    yield* putName.run(accountId, identifier, name, historyId)
    const { changes } = yield* trimNames.run(accountId, accountId, MOST)
    if (changes > 0) yield* trimChats.run(accountId, accountId)
  }

  return GroupChats.of({
    nameFirst: (accountId) => Effect.asVoid(database.write(() => putFirstAccount.run(accountId))),

    of: (accountId, chat) => database.read(() => look(accountId, chat)),

    keep: (accountId, chat) =>
      Effect.gen(function* () {
        if (!(yield* database.read(() => isKept(accountId, chat)))) {
          yield* database.write(() => write(accountId, chat))
        }
        return yield* database.read(() => look(accountId, chat))
      }),

    unknown: (accountId, chatIds) =>
      database.read(function* () {
        const known = yield* Step.forEach(chatIds, (chatId) => chatOf.get(accountId, chatId))
        return chatIds.filter((_, at) => known[at] === undefined)
      }),

    learn: (accountId, chats) =>
      Arr.isNonEmptyReadonlyArray(chats)
        ? database.write(function* () {
            for (const chat of chats) {
              const identifier = yield* identify(accountId, chat)
              if (identifier !== undefined) {
                yield* putChat.run(accountId, chat.chatId, identifier, chat.chatGuid ?? null)
              }
            }
          })
        : Effect.void
  })
})

export const layer: Layer.Layer<GroupChats, never, Database> = Layer.effect(GroupChats, make)
