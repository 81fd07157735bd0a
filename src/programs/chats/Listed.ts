/** Chats as people choose one from a list. */
import { Array as Arr, Effect, Option, Order, Schema } from "effect"
import type { ChatRecord } from "../../schemas/control/Records.ts"
import type { Method } from "../../schemas/ImsgMethod.ts"
import { Code } from "../../schemas/ImsgProtocol.ts"
import type { Askable, AskError } from "../../services/Children.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { exact: true, nullable: true })

/** A chat of `chats.list`, with what people know it by. */
const ListedChat = Schema.Struct({
  id: Schema.Int,
  name: optional(Schema.String),
  contact_name: optional(Schema.String),
  identifier: optional(Schema.String),
  guid: optional(Schema.String),
  service: optional(Schema.String),
  is_group: optional(Schema.Boolean),
  participants: optional(Schema.Array(Schema.String)),
  last_message_at: optional(Schema.String)
})
const decodeChat = Schema.decodeUnknownOption(ListedChat)

const Listed = Schema.Struct({ chats: Schema.Array(Schema.Unknown) })

const chatsList: Method<{ readonly limit: number }, typeof Listed.Type, typeof Listed.Encoded> = {
  name: "chats.list",
  result: Listed,
  mutates: false
}

/** One chat by its id (0.15+). */
export const chatsGet: Method<
  { readonly chat_id: number },
  typeof ListedChat.Type,
  typeof ListedChat.Encoded
> = {
  name: "chats.get",
  result: ListedChat,
  mutates: false
}

/** A chat of an account that is known. */
export type ChatEntry = Omit<ChatRecord, "accountId">

/** Messages counts from here; a chat without messages has this or an earlier time. */
const APPLE_EPOCH = Date.parse("2001-01-01T00:00:00Z")

/** ISO 8601 as Unix ms; undefined where it is no time of a message. */
export const timeOf = (iso: string | undefined): number | undefined => {
  const at = Date.parse(iso ?? "")
  return at > APPLE_EPOCH ? at : undefined
}

const some = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === "" ? undefined : text

const entryOf = (chat: typeof ListedChat.Type): ChatEntry => ({
  id: chat.id,
  name: some(chat.name) ?? some(chat.contact_name),
  participants: chat.participants ?? [],
  isGroup: chat.is_group ?? /;\+;/u.test(`${chat.guid} ${chat.identifier}`),
  service: some(chat.service),
  identifier: some(chat.identifier),
  guid: some(chat.guid),
  lastMessageAt: timeOf(chat.last_message_at)
})

const newestFirst = Order.reverse(
  Order.mapInput(Order.number, ({ lastMessageAt = 0 }: ChatEntry) => lastMessageAt)
)

/** At most `limit` chats, the one with the newest message first. What does not decode is left out. */
export const listChats = <E extends AskError>(
  session: Askable<E>,
  options: { readonly limit: number; readonly timeoutMs: number }
): Effect.Effect<ReadonlyArray<ChatEntry>, E> =>
  Effect.map(session.request(chatsList, { limit: options.limit }, options.timeoutMs), ({ chats }) =>
    chats
      .flatMap((chat) => Option.toArray(decodeChat(chat)))
      .map(entryOf)
      .sort(newestFirst)
  )

/** How many chats are looked through, newest first: whatever is written in now is among the first. */
export const DEPTHS = [100, 1000] as const

/** What a chat is looked for by: its id, or what else it is called. */
export type ChatName =
  | { readonly chatId: number }
  | { readonly guid: string }
  | { readonly identifier: string }

const isNamed = (chat: ChatEntry, name: ChatName): boolean =>
  "chatId" in name
    ? chat.id === name.chatId
    : "guid" in name
      ? chat.guid === name.guid
      : chat.identifier === name.identifier

/** The chat of a name, if the child knows it; older builds find it among the newest thousand only. */
export const findChat = <E extends AskError>(
  session: Askable<E>,
  name: ChatName,
  timeoutMs: number
): Effect.Effect<Option.Option<ChatEntry>, E> => {
  if ("chatId" in name && session.build.methods.has(chatsGet.name)) {
    return session.request(chatsGet, { chat_id: name.chatId }, timeoutMs).pipe(
      Effect.map((chat) => Option.some(entryOf(chat))),
      Effect.catchIf(
        (error) => error._tag === "RpcFailed" && error.rpcCode === Code.invalidParams,
        () => Effect.succeedNone
      )
    )
  }
  const look = ([limit, ...deeper]: ReadonlyArray<number>): Effect.Effect<Option.Option<ChatEntry>, E> =>
    limit === undefined
      ? Effect.succeedNone
      : Effect.flatMap(listChats(session, { limit, timeoutMs }), (chats) => {
          const found = Arr.findFirst(chats, (chat) => isNamed(chat, name))
          return Option.isSome(found) || chats.length < limit ? Effect.succeed(found) : look(deeper)
        })
  return look(DEPTHS)
}
