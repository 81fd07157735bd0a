/**
 * The requests of `imsg rpc` that need its private bridge. Parameters are strict from 0.14 on. Which of them a Mac has is
 * asked, never guessed: see `Capabilities.ts`.
 */
import { Schema } from "effect"
import type { Effect as MessageEffect, TextStyle } from "./Act.ts"
import { type ChatTarget, method, type SendTarget, Sent } from "./ImsgMethod.ts"
import { lenient } from "./lenient.ts"

const Done = Schema.Struct({ ok: lenient(Schema.Boolean) })
const Created = Schema.Struct({
  ok: lenient(Schema.Boolean),
  chat_guid: lenient(Schema.String),
  message_guid: lenient(Schema.String)
})

const mutates = { mutates: true } as const

/** A range of a text and how it is shown; `start` and `length` count UTF-16 units (macOS 15+). */
interface TextFormatting {
  readonly start: number
  readonly length: number
  readonly styles: ReadonlyArray<TextStyle>
}

/** What a text may have beside its words. `reply_to` is a guid. */
export interface Manner {
  readonly reply_to?: string
  readonly text_formatting?: ReadonlyArray<TextFormatting>
}

/** `message_id` is the guid of a message. */
type OfMessage = ChatTarget & { readonly message_id: string }

/** The option of a poll, by its number from 1 or by its words. */
type PollOption = { readonly option_index: number } | { readonly option: string }

export const BridgeMethods = {
  /** Shows that somebody writes, until it is asked with `false` (0.7.3+). */
  typing: method<ChatTarget & { readonly typing: boolean }>()("typing", Done, mutates),
  /** Marks a chat as read (0.7.3+). */
  read: method<ChatTarget>()("read", Done, mutates),
  /** `reaction` is a name or its emoji (0.9+); any other emoji goes in `emoji`, where the feature `tapback.emoji` is 2. */
  tapback: method<
    OfMessage & ({ readonly reaction: string } | { readonly emoji: string }) & { readonly remove?: boolean }
  >()("tapback", Done, mutates),
  /** A text with more than words (0.9+). */
  sendRich: method<ChatTarget & Manner & { readonly text: string; readonly effect?: MessageEffect }>()(
    "send.rich",
    Sent,
    mutates
  ),
  /** A text whose row gets a guid of our choice, a UUID in lower case (0.14.2+). */
  sendTracked: method<SendTarget & Manner & { readonly text?: string; readonly attempt_id: string }>()(
    "send.tracked",
    Sent,
    mutates
  ),
  /** A file; with `audio` a voice note (0.9+). */
  sendAttachment: method<
    ChatTarget & { readonly file: string; readonly audio?: boolean; readonly reply_to?: string }
  >()("send.attachment", Sent, mutates),
  messageEdit: method<OfMessage & { readonly text: string }>()("message.edit", Done, mutates),
  messageUnsend: method<OfMessage>()("message.unsend", Done, mutates),
  pollSend: method<
    ChatTarget & {
      readonly question: string
      readonly options: ReadonlyArray<string>
      readonly reply_to?: string
    }
  >()("poll.send", Sent, mutates),
  pollVote: method<ChatTarget & { readonly poll_guid: string } & PollOption>()("poll.vote", Done, mutates),
  pollUnvote: method<ChatTarget & { readonly poll_guid: string } & PollOption>()(
    "poll.unvote",
    Done,
    mutates
  ),
  groupRename: method<ChatTarget & { readonly name: string }>()("group.rename", Done, mutates),
  /** Without a file the icon goes. */
  groupSetIcon: method<ChatTarget & { readonly file?: string }>()("group.setIcon", Done, mutates),
  groupAdd: method<ChatTarget & { readonly address: string }>()("group.addParticipant", Done, mutates),
  groupRemove: method<ChatTarget & { readonly address: string }>()("group.removeParticipant", Done, mutates),
  groupLeave: method<ChatTarget>()("group.leave", Done, mutates),
  chatsCreate: method<{
    readonly addresses: ReadonlyArray<string>
    readonly service: "iMessage"
    readonly name?: string
    readonly text?: string
  }>()("chats.create", Created, mutates)
} as const
