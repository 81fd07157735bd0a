/**
 * What `imsg rpc` says and hears, as shared by versions 0.3 to 0.15: JSON-RPC 2.0, one object a line.
 * Fields that a build leaves out may also arrive as null; both decode to an absent key.
 */
import { Option, Schema } from "effect"
import {
  BeginningOf,
  CutAt,
  FirstOf,
  MAX_FILES,
  MAX_HANDLE,
  MAX_NAME,
  MAX_PARTICIPANTS,
  MAX_PATH,
  MAX_QUOTE,
  MAX_REACTIONS,
  MAX_TEXT,
  UpTo
} from "./bounds.ts"
import { method, type SendTarget, Sent } from "./ImsgMethod.ts"
import { lenient, whereReadable } from "./lenient.ts"

const Name = UpTo(MAX_NAME)
const Path = UpTo(MAX_PATH)
const Participants = Schema.Array(UpTo(MAX_HANDLE)).pipe(Schema.maxItems(MAX_PARTICIPANTS))

/** A file of a message. Paths are those of the Mac that Messages runs on. */
export const ImsgAttachment = Schema.Struct({
  filename: lenient(Path),
  transfer_name: lenient(Path),
  mime_type: whereReadable(Name),
  original_path: whereReadable(Path),
  /** A copy in a form that more can read, where one was asked for and made (`convert_attachments`). */
  converted_path: whereReadable(Path),
  converted_mime_type: whereReadable(Name),
  /** Whether the file is not there, or not yet. */
  missing: whereReadable(Schema.Boolean)
})
export type ImsgAttachment = typeof ImsgAttachment.Type

/** A tapback that a message has: one of six by its `type`, else an emoji. */
const ImsgReaction = Schema.Struct({
  type: whereReadable(Name),
  emoji: whereReadable(Name),
  is_from_me: whereReadable(Schema.Boolean)
})

/**
 * One row of the `message` table. `id` is its rowid, `cursor` (0.13+) what to resume the watch from. A row of which the
 * text or the names of files cannot be read is none: it may be a part that was sent. So is one that does not say who
 * wrote it, or whether to a group: that decides who is let in. Every field has a bound: of a text that is too long the
 * beginning is kept, with a mark; what names something and is too long is as good as absent. Of a handle that is too
 * long so much is kept that it can be seen to be none.
 */
export const ImsgMessage = Schema.Struct({
  id: Schema.Int,
  guid: Schema.NonEmptyString.pipe(Schema.maxLength(MAX_NAME)),
  is_from_me: Schema.Boolean,
  cursor: whereReadable(Schema.Int),
  chat_id: whereReadable(Schema.Int),
  chat_identifier: whereReadable(Name),
  chat_guid: whereReadable(Name),
  participants: whereReadable(Participants),
  is_group: lenient(Schema.Boolean),
  sender: lenient(BeginningOf(MAX_HANDLE + 1)),
  sender_name: whereReadable(BeginningOf(MAX_NAME)),
  /** The account's own handle that it went out or came in by (0.5+). */
  destination_caller_id: whereReadable(UpTo(MAX_HANDLE)),
  text: lenient(CutAt(MAX_TEXT)),
  created_at: whereReadable(Name),
  attachments: lenient(FirstOf(ImsgAttachment, MAX_FILES)),
  reply_to_guid: whereReadable(Name),
  reply_to_text: whereReadable(CutAt(MAX_QUOTE)),
  reply_to_sender: whereReadable(UpTo(MAX_HANDLE)),
  thread_originator_guid: whereReadable(Name),
  /** What made the row, where it was no person's keyboard: an extension of Messages. */
  balloon_bundle_id: whereReadable(Name),
  /** The row of its link's preview, where that was there when it was read (0.13+). */
  url_preview: whereReadable(Schema.Struct({ guid: Name })),
  is_reaction: whereReadable(Schema.Boolean),
  /** The tapbacks that it has now. */
  reactions: whereReadable(FirstOf(ImsgReaction, MAX_REACTIONS)),
  /** No build says it in a row; it is what was found out elsewhere, where it matters. */
  service: whereReadable(Name)
})
export type ImsgMessage = typeof ImsgMessage.Type

/** What could be read of a list, and of how many entries nothing could. */
export interface Readable<A> {
  readonly readable: ReadonlyArray<A>
  readonly unreadable: number
}

/** A list of which what does not decode is left out: one odd row must not hide the others, nor that it is there. */
const those = <A, I>(item: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknownOption(item)
  return Schema.transform(
    Schema.Array(Schema.Unknown),
    Schema.Struct({ readable: Schema.Array(Schema.typeSchema(item)), unreadable: Schema.Int }),
    {
      strict: true,
      decode: (items) => {
        const readable = items.flatMap((one) => Option.toArray(decode(one)))
        return { readable, unreadable: items.length - readable.length }
      },
      encode: ({ readable }) => readable
    }
  )
}

/** What the gateway needs of a chat: its rowid, and by what else it can be named. */
export const ImsgChat = Schema.Struct({
  id: Schema.Int,
  identifier: whereReadable(Name),
  guid: whereReadable(Name),
  participants: whereReadable(Participants),
  is_group: whereReadable(Schema.Boolean),
  /** `iMessage`, `SMS` or `RCS`; of a chat that has several, the one of late. */
  service: whereReadable(Name),
  /** The account's own login that the chat goes by, as `P:` and a number or `E:` and an email. */
  account_login: whereReadable(Name),
  /** The account's own handle that the chat was last written to. */
  last_addressed_handle: whereReadable(Name)
})
export type ImsgChat = typeof ImsgChat.Type

/** The private bridge as `initialize` and `status` report it (0.14+). */
const BridgeStatus = Schema.Struct({
  ready: Schema.Boolean,
  bridge_version: whereReadable(Schema.Union(Schema.Int, Name)),
  error: whereReadable(Schema.Union(Name, Schema.Struct({ message: Name })))
})

/** Readiness as `initialize` and `status` report it (0.14+). */
export const Status = Schema.Struct({
  version: lenient(Schema.String),
  database: lenient(
    Schema.Struct({
      ready: Schema.Boolean,
      path: whereReadable(Path),
      error: lenient(Schema.Union(Schema.String, Schema.Struct({ message: lenient(Schema.String) })))
    })
  ),
  /** Usable now: it changes while the child lives. */
  methods: lenient(Schema.Array(Schema.String)),
  /** Compiled in. */
  supported_methods: lenient(Schema.Array(Schema.String)),
  bridge: whereReadable(BridgeStatus),
  capabilities: whereReadable(
    Schema.Struct({ features: lenient(Schema.Record({ key: Schema.String, value: Schema.Number })) })
  )
})
export type Status = typeof Status.Type

/** Asks for the files of rows, and for copies of those that few can read. */
type FilesWanted = { readonly attachments?: boolean; readonly convert_attachments?: boolean }

/** The requests that the gateway makes. */
export const Methods = {
  initialize: method<Record<never, never>>()("initialize", Status),
  status: method<Record<never, never>>()("status", Status),
  chatsList: method<{ readonly limit: number }>()("chats.list", Schema.Struct({ chats: those(ImsgChat) })),
  messagesHistory: method<{ readonly chat_id: number; readonly limit: number } & FilesWanted>()(
    "messages.history",
    Schema.Struct({ messages: those(ImsgMessage) })
  ),
  /** Rows by their rowid (0.14+); `limit` is 500 at most. The next page begins after `next_rowid`. */
  messagesAfter: method<{ readonly since_rowid: number; readonly limit: number } & FilesWanted>()(
    "messages.after",
    Schema.Struct({
      messages: those(ImsgMessage),
      next_rowid: lenient(Schema.Int),
      has_more: lenient(Schema.Boolean)
    })
  ),
  watchSubscribe: method<{ readonly since_rowid?: number; readonly debounce_ms?: number } & FilesWanted>()(
    "watch.subscribe",
    Schema.Struct({ subscription: Schema.Int })
  ),
  /** `transport` (0.8.1+) names the way that needs no bridge. */
  send: method<
    SendTarget & { readonly text?: string; readonly file?: string; readonly transport?: "applescript" }
  >()("send", Sent, { mutates: true }),
  /**
   * What became of an outgoing row (0.10+): `pending`, `sent`, `delivered` or `failed`; and by which service a row came
   * or went, whosever it is. Of a guid that is no row's it says `pending`, and no service.
   */
  sendStatus: method<{ readonly guid: string }>()(
    "message.send_status",
    Schema.Struct({ send_state: lenient(Schema.String), service: whereReadable(Name) })
  )
} as const

/** A response: `id` is the request's, null where the request could not be read. */
export const Response = Schema.Struct({
  id: Schema.NullOr(Schema.Union(Schema.Number, Schema.String)),
  result: Schema.optional(Schema.Unknown),
  error: lenient(
    Schema.Struct({ code: Schema.Int, message: Schema.String, data: Schema.optional(Schema.Unknown) })
  )
})
export type Response = typeof Response.Type
export type ResponseError = NonNullable<Response["error"]>

/** What the child says unasked. */
export const Notification = Schema.Union(
  Schema.Struct({ method: Schema.Literal("message"), params: Schema.Struct({ message: ImsgMessage }) }),
  Schema.Struct({ method: Schema.Literal("error"), params: Schema.Struct({ error: Schema.Unknown }) }),
  Schema.Struct({
    method: Schema.Literal("watch.overflow"),
    params: Schema.Struct({ resume_after_rowid: Schema.Int })
  })
)
export type Notification = typeof Notification.Type

/** Whether a delivery may be tried again, as builds from 0.14 say it in the data of -32001 and -32004. */
export const Disposition = Schema.Struct({
  retry_safe: Schema.Boolean,
  disposition: Schema.Literal("not_started", "may_have_completed", "still_in_flight"),
  detail: lenient(Schema.String)
})
export type Disposition = typeof Disposition.Type

/** Error codes of JSON-RPC and of imsg that the gateway tells apart. */
export const Code = {
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  serverBusy: -32000,
  deliveryFailed: -32001,
  databaseUnavailable: -32002,
  bridgeUnavailable: -32003,
  mutationBlocked: -32004
} as const
