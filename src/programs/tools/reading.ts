/** The tools that look up what is there: `list_chats`, `read_messages`, `search_messages`. */
import { Array as Arr, Effect, Order } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { SearchUnsupported } from "../../schemas/errors/tools.ts"
import { EVERY_ACCOUNT, type ToolInput } from "../../schemas/toolInputs.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import type { Askable } from "../../services/Children.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { asFits } from "../account/chatdb/asFits.ts"
import { readRows } from "../chats/History.ts"
import { type ChatEntry, DEPTHS, findChat, listChats } from "../chats/Listed.ts"
import { canSearch, MOST_FOUND, searchRows } from "../chats/search.ts"
import { type Told, toldFound, toldRows } from "../chats/told.ts"
import { fitted } from "./fitted.ts"
import { askedOf, childOf, type Reach, reachOf } from "./reach.ts"
import { chatShown, messageShown } from "./shown.ts"
import { makeSight, type Sight, seenOf } from "./sight.ts"
import { Toolbox } from "./Toolbox.ts"

const LIMIT = 20

interface Listing {
  readonly reach: Reach
  readonly limit: number
  readonly timeoutMs: number
}

/** The chats that may be seen, last spoken in first; more are looked through where few of them may be. */
const seenChats = (session: Askable, sight: Sight, { limit, reach, timeoutMs }: Listing) =>
  Effect.gen(function* () {
    if (reach._tag === "Only") {
      const found = yield* findChat(session, { chatId: reach.only.chatId }, timeoutMs)
      return found._tag === "Some" ? [found.value] : []
    }
    if (reach._tag === "Every") return yield* listChats(session, { limit, timeoutMs })
    let seen: ReadonlyArray<ChatEntry> = []
    for (const depth of DEPTHS) {
      const chats = yield* listChats(session, { limit: depth, timeoutMs })
      seen = yield* seenOf(sight, chats, limit)
      if (seen.length >= limit || chats.length < depth) break
    }
    return seen
  })

/** The chats of an account that may be seen. */
const chatsIn = (account: AccountConfig, reach: Reach, limit: number) =>
  Effect.gen(function* () {
    const session = yield* childOf(account.id)
    const sight = yield* makeSight(account, session, reach)
    return yield* seenChats(session, sight, {
      ...{ reach, limit },
      timeoutMs: account.supervision.requestTimeoutMs
    })
  })

const newestFirst = Order.reverse(
  Order.mapInput(Order.number, ({ chat }: { readonly chat: ChatEntry }) => chat.lastMessageAt ?? 0)
)

/** The chats of every account that runs; of who has one chat, of its account. */
const chatsOfAll = (limit: number) =>
  Effect.gen(function* () {
    const reach = reachOf(yield* AskedWith, "read")
    const { accounts, people } = yield* currentConfig
    const ofAccounts = yield* Effect.forEach(
      accounts.filter(({ id }) => reach._tag !== "Only" || reach.only.accountId === id),
      (account) =>
        chatsIn(account, reach, limit).pipe(
          Effect.map((chats) => chats.map((chat) => ({ account: account.id, chat }))),
          Effect.catchTag("AccountNotRunning", () => Effect.succeed([]))
        )
    )
    const chats = Arr.sort(ofAccounts.flat(), newestFirst).slice(0, limit)
    return fitted(
      chats.map(({ account, chat }) => ({ account, ...chatShown(people)(chat) })),
      { drop: "last", answer: (kept) => ({ account: EVERY_ACCOUNT, chats: kept }) }
    )
  })

const chatsOfOne = (named: string | undefined, limit: number) =>
  Effect.gen(function* () {
    const { account, reach } = yield* askedOf(named, "read")
    const { people } = yield* currentConfig
    const chats = yield* chatsIn(account, reach, limit)
    return fitted(chats.map(chatShown(people)), {
      drop: "last",
      answer: (kept) => ({ account: account.id, chats: kept })
    })
  })

export const listTheChats = ({ account, limit = LIMIT }: ToolInput<"list_chats">) =>
  account === EVERY_ACCOUNT ? chatsOfAll(limit) : chatsOfOne(account, limit)

export const readMessages = ({
  account: named,
  chat_id: chatId,
  limit: most = LIMIT
}: ToolInput<"read_messages">) =>
  Effect.gen(function* () {
    const { account, reach } = yield* askedOf(named, "read")
    const session = yield* childOf(account.id)
    const sight = yield* makeSight(account, session, reach)
    const chat = yield* sight.chat({ chatId })
    const { noteReading } = yield* Toolbox
    yield* noteReading({ _tag: "HistoryRead", accountId: account.id, chatId })
    const { people } = yield* currentConfig
    const { answer } = yield* asFits(most, (limit) =>
      readRows(session, { chatId, limit, timeoutMs: account.supervision.requestTimeoutMs })
    )
    const rows = yield* Effect.filter(answer, (row) => sight.shows(chat, row))
    const messages = (yield* toldRows(rows)).map((told) => messageShown(people)(told))
    return fitted(messages, {
      drop: "first",
      answer: (kept) => ({ account: account.id, chat_id: chatId, messages: kept })
    })
  })

/** Tells the audit log of every chat that some messages are of. */
export const noteChats = (accountId: string, messages: ReadonlyArray<Told>) =>
  Effect.flatMap(Toolbox, ({ noteReading }) =>
    Effect.forEach(
      new Set(messages.flatMap(({ chatId }) => (chatId === undefined || chatId === 0 ? [] : [chatId]))),
      (chatId) => noteReading({ _tag: "HistoryRead", accountId, chatId }),
      { discard: true }
    )
  )

export const searchMessages = ({ account: named, limit = LIMIT, query }: ToolInput<"search_messages">) =>
  Effect.gen(function* () {
    const { account } = yield* askedOf(named, "read")
    const session = yield* childOf(account.id)
    if (!canSearch(session)) {
      return yield* new SearchUnsupported({ account: account.id, version: session.build.version })
    }
    const timeoutMs = account.supervision.requestTimeoutMs
    // As many as there may be, however few are wanted: one that is left out must not be missed among them.
    const { answer: rows } = yield* asFits(MOST_FOUND, (most) =>
      searchRows(session, { query, limit: most, timeoutMs })
    )
    const told = (yield* toldFound(rows, query)).slice(0, limit)
    yield* noteChats(account.id, told)
    const { people } = yield* currentConfig
    const messages = told.map((message) => messageShown(people)(message, message.chatId))
    return fitted(messages, {
      drop: "last",
      answer: (kept) => ({ account: account.id, messages: kept })
    })
  })
