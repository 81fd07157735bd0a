/**
 * Which chats, and what of what is said in them, whoever calls a tool may see. In the scope `chat` that is what the config
 * admits: a chat that somebody who is let in writes in, and their messages; who is not let in is not heard here either.
 */
import { Array as Arr, Effect, Option } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { fromMessage } from "../../schemas/Envelope.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { ChatNotFound, ChatNotGranted } from "../../schemas/errors/tools.ts"
import type { ImsgChat, ImsgMessage } from "../../schemas/ImsgProtocol.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { Askable, AskError } from "../../services/Children.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Router } from "../../services/Router.ts"
import { withChat } from "../account/chatdb/knownChats.ts"
import { makeWithService } from "../account/inbox/rowService.ts"
import { type ChatEntry, type ChatName, findChat } from "../chats/Listed.ts"
import { chatText, type Reach } from "./reach.ts"

const asChat = ({ guid, id, identifier, isGroup, participants, service }: ChatEntry): ImsgChat => ({
  id,
  is_group: isGroup,
  participants,
  ...(guid === undefined ? {} : { guid }),
  ...(identifier === undefined ? {} : { identifier }),
  ...(service === undefined ? {} : { service })
})

/** What somebody would write in a chat now. */
const rowNow = (chat: ChatEntry, sender: string): ImsgMessage =>
  withChat(
    {
      id: 0,
      guid: `chat:${chat.id}`,
      is_from_me: false,
      sender,
      ...(chat.service === undefined ? {} : { service: chat.service })
    },
    asChat(chat)
  )

/** Who could write in a chat: where Messages does not say it, whom it is called after. */
const writersOf = ({ identifier = "", participants }: ChatEntry): ReadonlyArray<string> =>
  participants.length > 0 ? participants : [identifier]

const wordsOf = (name: ChatName): string =>
  "chatId" in name
    ? chatText(name.chatId)
    : "guid" in name
      ? `chat_guid:${name.guid}`
      : `chat_identifier:${name.identifier}`

export interface Sight {
  /** Whether a chat may be seen. */
  readonly sees: (chat: ChatEntry) => Effect.Effect<boolean, StoreUnavailable>
  /** The chat of a name, refused where it may not be seen; where every chat may be, only where there is none. */
  readonly chat: (
    name: ChatName
  ) => Effect.Effect<ChatEntry, ChatNotFound | ChatNotGranted | StoreUnavailable | AskError>
  /** Whether a row of a chat that may be seen may be too. */
  readonly shows: (chat: ChatEntry, row: ImsgMessage) => Effect.Effect<boolean, StoreUnavailable | AskError>
}

/** What may be seen of an account by a reach, through its child. */
export const makeSight = (account: AccountConfig, session: Askable, reach: Reach) =>
  Effect.gen(function* () {
    const router = yield* Router
    const accounts = yield* Accounts
    const config = yield* ConfigService
    const timeoutMs = account.supervision.requestTimeoutMs

    const admits = (row: ImsgMessage) =>
      Effect.flatMap(accounts.get(account.id), (status) =>
        router.admits(fromMessage(account, row), {
          clockBehindMs: Option.match(status, {
            onNone: () => 0,
            onSome: ({ clockBehindMs }) => clockBehindMs
          })
        })
      )

    const sees: Sight["sees"] = (chat) => {
      switch (reach._tag) {
        case "Every":
          return Effect.succeed(true)
        case "Only":
          return Effect.succeed(reach.only.accountId === account.id && reach.only.chatId === chat.id)
        case "Admitted":
          return Effect.exists(writersOf(chat), (sender) => admits(rowNow(chat, sender)))
      }
    }

    const chat: Sight["chat"] = (name) =>
      Effect.gen(function* () {
        const isOther = reach._tag === "Only" && "chatId" in name && name.chatId !== reach.only.chatId
        const found = isOther ? Option.none() : yield* findChat(session, name, timeoutMs)
        if (Option.isSome(found) && (yield* sees(found.value))) return found.value
        // Whether there is one is nobody's business who may not see it.
        return yield* reach._tag === "Every"
          ? new ChatNotFound({ chat: wordsOf(name), account: account.id })
          : new ChatNotGranted({ chat: wordsOf(name) })
      })

    const withServiceIn = (chat: ChatEntry) =>
      makeWithService(
        {
          account,
          people: Effect.map(config.current, ({ people }) => people),
          owners: Effect.map(config.current, ({ owners }) => owners),
          findChat: () => Effect.succeedSome(asChat(chat))
        },
        session
      )

    const shows: Sight["shows"] = (chat, row) =>
      reach._tag === "Every" || row.is_from_me
        ? Effect.succeed(true)
        : row.sender === undefined || row.sender === ""
          ? Effect.succeed(false)
          : Effect.flatMap(withServiceIn(chat)(withChat(row, asChat(chat))), admits)

    return { sees, chat, shows } satisfies Sight
  })

/** Those of some chats that may be seen, in their order, until there are enough. */
export const seenOf = (sight: Sight, chats: ReadonlyArray<ChatEntry>, limit: number) =>
  Effect.reduce(chats, Arr.empty<ChatEntry>(), (seen, chat) =>
    seen.length >= limit
      ? Effect.succeed(seen)
      : Effect.map(sight.sees(chat), (isSeen) => (isSeen ? [...seen, chat] : seen))
  )
