/** The live state of every account, for status and metrics; what changes of it is told as events. */
import { Context, type Effect, type Option, type Stream } from "effect"
import type { Bridge } from "../schemas/Bridge.ts"
import type { AccountNotRunning } from "../schemas/errors/control.ts"
import type { Fate } from "../schemas/Fate.ts"

/** `degraded` needs a person, `backoff` heals by itself. */
export type AccountState = "starting" | "running" | "backoff" | "degraded" | "stopped" | "disabled"

/** A failure as people and machines read it. */
interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** How many rows met each fate since the gateway was started. */
export type FateCounts = { readonly [fate in Fate]?: number }

/** Times are Unix milliseconds. */
export interface AccountStatus {
  readonly id: string
  readonly name: string | undefined
  /** The host that runs it, or ran it last; absent where there is but one. */
  readonly host?: string
  readonly state: AccountState
  /** Why it is in this state, in a few words. */
  readonly reason: string
  readonly since: number
  readonly pid: number | undefined
  /**
   * Children that were begun since the gateway was started because the one before failed by itself. What waits for a
   * person (`degraded`) is tried again and again, which counts as none.
   */
  readonly restarts: number
  /** Why the child before this one was given up, by its failure's code, and when the next was begun. */
  readonly lastRestart: { readonly reason: string; readonly at: number } | undefined
  readonly lastError: Problem | undefined
  readonly cursor: number | undefined
  readonly lastInboundAt: number | undefined
  readonly lastOutboundAt: number | undefined
  readonly fates: FateCounts
  /** Rows that are behind the cursor and not judged: they wait for what Messages writes later, or for one that does. */
  readonly waitingRows: number
  /** By how much the clock that dates its messages is behind the gateway's, in ms; less than 0 where it is ahead. */
  readonly clockBehindMs: number
  /** imsg's private bridge, as a child told last: it belongs to Messages, and outlives children. */
  readonly bridge: Bridge | undefined
}

/** The code of what is wrong with an account that no host of a cluster runs. */
export const HOST_AWAY = "host_away"

export class Accounts extends Context.Tag("imsg-gateway/Accounts")<
  Accounts,
  {
    readonly all: Effect.Effect<ReadonlyArray<AccountStatus>>
    readonly get: (id: string) => Effect.Effect<Option.Option<AccountStatus>>
    /** Changes an account's status; a new `state` sets `since`. Unknown accounts are left alone. */
    readonly update: (
      id: string,
      change: (status: AccountStatus) => Partial<Omit<AccountStatus, "id" | "since" | "lastRestart">>
    ) => Effect.Effect<void>
    /** Has an account's child replaced, at once; fails where its host gives no answer. */
    readonly restart: (id: string) => Effect.Effect<void, AccountNotRunning>
    /** How often that was asked for: first up to now, then with each time. */
    readonly restarts: (id: string) => Stream.Stream<number>
  }
>() {}
