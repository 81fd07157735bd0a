/** The right to be the one gateway of a state folder. */
import { Context, type Effect } from "effect"
import type { AlreadyRunning } from "../schemas/errors/store.ts"

export class StateLock extends Context.Tag("imsg-gateway/StateLock")<
  StateLock,
  {
    readonly pid: number
    /** Held for as long as its scope. Fails where its file was removed and another process holds the new one. */
    readonly lost: Effect.Effect<never, AlreadyRunning>
  }
>() {}
