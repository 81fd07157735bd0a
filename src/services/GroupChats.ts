/**
 * Which chats are one group, and what its sessions are called. A group that goes on over another service is another
 * chat of Messages, with an id of its own and the same identifier.
 */
import { type Array as Arr, Context } from "effect"
import type { Stored } from "../schemas/errors/store.ts"
import type { ChatNames } from "../schemas/GroupSettings.ts"

/** A group as it is known by one of its chats. */
export interface GroupChat {
  /** What stands for it in the keys of its sessions, for good: `group:42`, or `bot:group:42` with its account. */
  readonly name: string
  /** The chat_id that its history is kept under. */
  readonly historyId: number
  /** Every chat that it is or was in the account's database: the one that was asked about, then the others. */
  readonly chats: Arr.NonEmptyReadonlyArray<ChatNames>
}

export class GroupChats extends Context.Tag("imsg-gateway/GroupChats")<
  GroupChats,
  {
    /** Decides whose groups are named without their account, where that is not decided yet. */
    readonly nameFirst: (accountId: string) => Stored<void>
    /** The group that a chat is, as far as it is known; nothing is written. */
    readonly of: (accountId: string, chat: ChatNames) => Stored<GroupChat>
    /** The same, and from now on it is known: to be called for groups that are let in. */
    readonly keep: (accountId: string, chat: ChatNames) => Stored<GroupChat>
    /** Of some chat_ids those that nothing is known of. */
    readonly unknown: (accountId: string, chatIds: ReadonlyArray<number>) => Stored<ReadonlyArray<number>>
    /** Writes down what chats are called, before a message has come from them. */
    readonly learn: (accountId: string, chats: ReadonlyArray<ChatNames>) => Stored<void>
  }
>() {}
