/** Chats as people choose one from a list. */
import { Effect, Option, Order, Schema } from "effect"
import type { ChatRecord } from "../../schemas/control/Records.ts"
import type { Method } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"

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
export const listChats = (
  session: ImsgSession,
  options: { readonly limit: number; readonly timeoutMs: number }
): Effect.Effect<ReadonlyArray<ChatEntry>, RequestError> =>
  Effect.map(session.request(chatsList, { limit: options.limit }, options.timeoutMs), ({ chats }) =>
    chats
      .flatMap((chat) => Option.toArray(decodeChat(chat)))
      .map(entryOf)
      .sort(newestFirst)
  )
