/** Chats that are paused, because they give the gateway's own words back or by order: what is written there waits. */
import { Context, type Option } from "effect"
import type { ChatNotPaused } from "../schemas/errors/chats.ts"
import type { Stored } from "../schemas/errors/store.ts"

/** A chat of an account, by where its replies go, as targets are printed. */
export interface ChatRef {
  readonly accountId: string
  readonly chat: string
}

/** A pause. Times are Unix milliseconds. */
export interface Pause extends ChatRef {
  /** How often the chat was paused within a day of the last time; 0 where that was by order alone. */
  readonly times: number
  readonly since: number
  /** Undefined until its owner resumes it. */
  readonly until: number | undefined
}

export class PausedChats extends Context.Tag("imsg-gateway/PausedChats")<
  PausedChats,
  {
    /** Pauses a chat from now on, for longer each time. */
    readonly pause: (chat: ChatRef) => Stored<Pause>
    /** Pauses a chat by order, until it is resumed. */
    readonly hold: (chat: ChatRef) => Stored<Pause>
    /** The pause that a chat is in now, if it is. */
    readonly get: (chat: ChatRef) => Stored<Option.Option<Pause>>
    /** The chats that are paused now, the one that was paused last first. */
    readonly all: Stored<ReadonlyArray<Pause>>
    /** Ends a pause, and forgets those before it. */
    readonly resume: (chat: ChatRef) => Stored<Pause, ChatNotPaused>
  }
>() {}
