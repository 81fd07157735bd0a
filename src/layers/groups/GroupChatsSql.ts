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

/** A row for each chat that is written down of a group, or one without a chat. */
interface KnownRow extends Pick<ChatRow, "guid"> {
  readonly chat_id: number | null
  readonly name: string | null
  readonly history_id: number | null
  /** Whose groups are named without their account. */
  readonly first: string | null
}

/** What is written down of the group that a chat is. */
interface Known {
  readonly accountId: string
  readonly chat: ChatNames
  /** None where neither the chat nor what is written down says one. */
  readonly identifier: string | undefined
  readonly first: string | null
  readonly name: string | null
  readonly historyId: number | null
  /** In the order of their ids. */
  readonly chats: ReadonlyArray<ChatNames>
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

/** Whether all that there is to know of a chat is written down. */
const isKept = ({ chat, chats, first, historyId, identifier }: Known): boolean =>
  identifier === undefined
    ? first !== null
    : historyId !== null &&
      chats.some(
        ({ chatGuid, chatId }) =>
          chatId === chat.chatId && (chat.chatGuid === undefined || chatGuid === chat.chatGuid)
      )

const make = Effect.gen(function* () {
  const database = yield* Database
  const chatOf = database.prepare<ChatRow>(
    "SELECT chat_id, identifier, guid FROM group_chats WHERE account_id = ? AND chat_id = ?"
  )
  const known = database.prepare<KnownRow>(`
    SELECT first_account.account_id AS first, names.name, names.history_id, chats.chat_id, chats.guid
    FROM (SELECT CAST(? AS TEXT) AS account_id, CAST(? AS TEXT) AS identifier) AS asked
    LEFT JOIN first_account ON true
    LEFT JOIN group_names AS names
      ON names.account_id = asked.account_id AND names.identifier = asked.identifier
    LEFT JOIN group_chats AS chats
      ON chats.account_id = asked.account_id AND chats.identifier = asked.identifier
    ORDER BY chats.chat_id`)
  const putChat = database.prepare(`
    INSERT INTO group_chats (account_id, chat_id, identifier, guid) VALUES (?, ?, ?, ?)
    ON CONFLICT (account_id, chat_id) DO UPDATE SET
      identifier = excluded.identifier, guid = coalesce(excluded.guid, group_chats.guid)`)
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

  const knownOf: (accountId: string, chat: ChatNames) => Step.Step<Known> = function* (accountId, chat) {
    const identifier = yield* identify(accountId, chat)
    const rows = yield* known.all(accountId, identifier ?? null)
    const { first = null, history_id: historyId = null, name = null } = rows[0] ?? {}
    const chats = rows.flatMap(({ chat_id, guid }) =>
      chat_id === null || identifier === undefined ? [] : [namesOf({ chat_id, guid, identifier })]
    )
    return { accountId, chat, identifier, first, name, historyId, chats }
  }

  const groupOf: (known: Known) => Step.Step<GroupChat> = function* (known) {
    const { accountId, chat, chats, historyId, identifier, name } = known
    const isFirst = (known.first ?? accountId) === accountId
    if (identifier === undefined) {
      const options = candidates(accountId, isFirst, chat.chatId)
      return {
        name: (yield* firstFree(options)) ?? ownName(accountId, chat.chatId),
        historyId: chat.chatId,
        chats: [chat]
      }
    }
    // Messages gives the ids in order: the lowest is that of the oldest chat.
    const oldest = Math.min(chat.chatId, ...chats.map(({ chatId }) => chatId))
    return {
      name:
        name ??
        (yield* firstFree(candidates(accountId, isFirst, oldest))) ??
        // The numbers are those of groups in another database.
        ownName(accountId, identifier),
      historyId: historyId ?? oldest,
      chats: [chat, ...chats.filter(({ chatId }) => chatId !== chat.chatId)]
    }
  }

  const write: (accountId: string, chat: ChatNames) => Step.Step<GroupChat> = function* (accountId, chat) {
    yield* putFirstAccount.run(accountId)
    const identifier = yield* identify(accountId, chat)
    if (identifier !== undefined) {
      yield* putChat.run(accountId, chat.chatId, identifier, chat.chatGuid ?? null)
    }
    const known = yield* knownOf(accountId, chat)
    const group = yield* groupOf(known)
    if (identifier === undefined || isKept(known)) return group
    yield* putName.run(accountId, identifier, group.name, group.historyId)
    const { changes } = yield* trimNames.run(accountId, accountId, MOST)
    if (changes > 0) yield* trimChats.run(accountId, accountId)
    return group
  }

  return GroupChats.of({
    nameFirst: (accountId) => Effect.asVoid(database.write(() => putFirstAccount.run(accountId))),

    of: (accountId, chat) =>
      database.read(function* () {
        return yield* groupOf(yield* knownOf(accountId, chat))
      }),

    keep: (accountId, chat) =>
      Effect.gen(function* () {
        const kept = yield* database.read(function* () {
          const known = yield* knownOf(accountId, chat)
          return isKept(known) ? yield* groupOf(known) : undefined
        })
        return kept ?? (yield* database.write(() => write(accountId, chat)))
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
