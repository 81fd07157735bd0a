/** Who may talk to which agent, and in which session. */
import { Context, type Effect } from "effect"
import type { Envelope } from "../schemas/Envelope.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"
import type { Verdict } from "../schemas/Verdict.ts"

/** What the verdict depends on beside config and envelope. */
export interface JudgeOptions {
  /** Send time (Unix ms) of the newest row that was there when the account was first started. */
  readonly baselineAt: number | undefined
  /** By how much the clock that dates rows is behind the gateway's, in ms; less than 0 where it is ahead. */
  readonly clockBehindMs?: number
}

export class Router extends Context.Tag("imsg-gateway/Router")<
  Router,
  {
    readonly judge: (envelope: Envelope, options: JudgeOptions) => Effect.Effect<Verdict, StoreUnavailable>
    /** Whether what an envelope quotes is kept from agents: its author is not admitted. */
    readonly withholdsQuote: (
      envelope: Envelope,
      isGroup: boolean
    ) => Effect.Effect<boolean, StoreUnavailable>
    /** Whether the config admits a person to a group, as far as it is not about mentions. */
    readonly admitsToGroup: (envelope: Envelope) => Effect.Effect<boolean, StoreUnavailable>
    /**
     * Whether the config lets in what somebody writes in a chat, whatever it says and however old it is: what `judge` would
     * dispatch, or keep as a group's history. Nothing is written. Without `sentAt` it is about somebody who writes now.
     */
    readonly admits: (
      envelope: Envelope,
      options?: Pick<JudgeOptions, "clockBehindMs">
    ) => Effect.Effect<boolean, StoreUnavailable>
  }
>() {}
