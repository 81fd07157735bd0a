/**
 * What Messages shows of the gateway where its private bridge is there: that somebody writes in a chat, and that what came
 * was read. Whoever wants it says so here and waits for nothing; the account's child carries it out as it can. In memory:
 * nobody misses a sign of life of before a crash.
 */
import { Context, type Effect, type Scope } from "effect"
import type { Chat, Target } from "../schemas/Target.ts"

/** What can be asked of a child for a chat: to show that somebody writes, that nobody does any more, that it was read. */
export type PresenceCall = "typing" | "quiet" | "read"

/** What is wanted of a chat, and what was done. Times are in ms by a clock that is never set. */
export interface ChatPresence {
  readonly chat: Chat
  /** Turns that run in it. */
  readonly turns: number
  /** When the first of them began, and since when none does. */
  readonly begunAt: number
  readonly quietSince: number
  /** Since when it is to be marked as read; undefined where it is. */
  readonly unreadSince: number | undefined
  /** When a child was last asked for anything in it. */
  readonly calledAt: number | undefined
  /** When a child was last asked to show that somebody writes; undefined once nobody is seen writing any more. */
  readonly typingAt: number | undefined
  /** Whether it is seen, by imsg's word. */
  readonly isShown: boolean
}

export class Presence extends Context.Tag("imsg-gateway/Presence")<
  Presence,
  {
    /** Somebody is to be seen writing, until the scope closes. A handle without a chat shows nothing. */
    readonly typing: (accountId: string, target: Target) => Effect.Effect<void, never, Scope.Scope>
    /** Whether somebody is seen writing now. */
    readonly isShown: (accountId: string, target: Target) => Effect.Effect<boolean>
    /** What is in a chat by now was accepted. */
    readonly read: (accountId: string, target: Target) => Effect.Effect<void>
    /** Waits until something else is wanted of an account than when it was looked at last. */
    readonly arrival: (accountId: string) => Effect.Effect<void>
    /** The chats of an account of which anything is wanted or shown, those first that came first. */
    readonly chats: (accountId: string) => Effect.Effect<ReadonlyArray<ChatPresence>>
    /** A child is asked for something. */
    readonly called: (accountId: string, chat: Chat, call: PresenceCall) => Effect.Effect<void>
    /** It has answered that somebody is seen writing. */
    readonly shown: (accountId: string, chat: Chat) => Effect.Effect<void>
  }
>() {}
