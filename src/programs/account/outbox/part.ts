/** A part on its way, what can happen to it, and what can be done with it. */
import { Data } from "effect"
import type { PartState, Progress, Reason } from "../../../schemas/Delivery.ts"
import type { Failure } from "./outcome.ts"

/** A part that has no end yet. `progress` is what is known of it beside its state. */
export interface PartOnItsWay {
  readonly state: PartState
  /** Sends that were begun. */
  readonly tries: number
  readonly progress: Progress
}

/** What holds for a delivery. Times are Unix ms, spans ms. */
export interface Terms {
  /** What was not sent by then is not sent: its time to live is over, or it is of no use any more. */
  readonly until: number
  readonly ttlMs: number
  readonly settleMs: number
  /** Why it is not to be sent any more, in words, where it was taken back. */
  readonly withdrawn?: string
  /** Whether `until` comes before its time to live is over: it is of no use after it. */
  readonly isShortLived?: boolean
  /** Whether it is something done, and nothing said: nobody misses it. */
  readonly isAct?: boolean
}

/** What a look into the chat shows. `Unknowable` where it cannot be told whether the part is there. */
export type Sight = Data.TaggedEnum<{
  Found: { readonly guid: string; readonly rowId: number }
  /** Something was done: that leaves no row of its own. */
  Done: Record<never, never>
  NotDelivered: { readonly rowId: number }
  /** It may still come. */
  NotYet: Record<never, never>
  Absent: Record<never, never>
  Unknowable: { readonly why: string }
}>
export const Sight = Data.taggedEnum<Sight>()

/** What happened to a part. `random` is in [0, 1). */
export type Event = Data.TaggedEnum<{
  /** It may go on. */
  Due: Record<never, never>
  /** The child is there, and sends nothing else. `isOfOtherChat`: its chat_id is of a database that was replaced. */
  Ready: {
    readonly afterRowId: number
    readonly isOfOtherChat: string | undefined
    /** The guid that its row will have, where that can be chosen. */
    readonly guid: string | undefined
  }
  /** Its file is on no host any more. */
  FileLost: { readonly name: string }
  /** The child that is there cannot do it. */
  Unable: { readonly why: string }
  /** `since` when, Unix ms. */
  NoChild: { readonly since: number }
  Answered: { readonly guid: string | undefined; readonly rowId: number | undefined }
  /** `by` is absent where imsg answered that it is not known. */
  Unanswered: { readonly failure: Failure; readonly by: Reason | undefined; readonly random: number }
  Looked: { readonly sight: Sight }
  LookFailed: { readonly by: Reason; readonly random: number }
}>
export const Event = Data.taggedEnum<Event>()

/** What is to be done next. */
export type Request = Data.TaggedEnum<{
  /** Wait for the turn to send. */
  AwaitTurn: Record<never, never>
  /** Send it now; its state says that a try has begun. */
  Send: Record<never, never>
  /** Look into the chat. With `isLast` what is not there is absent. */
  Look: { readonly isLast: boolean }
  /** Nothing, until a time (Unix ms) or until there is another child. */
  Wait: { readonly until: number }
  /** Nothing: it has its end. `code` is that of a failure. */
  Rest: { readonly code: string }
}>
export const Request = Data.taggedEnum<Request>()

/** Where a part is then, and what is to be done. `replacesChild`: the child cannot get past a send. */
export interface Step {
  readonly part: PartOnItsWay
  readonly request: Request
  readonly replacesChild?: true
}

/** The step of a part that has its end; `code` is that of a failure. */
export const rest = (part: PartOnItsWay, state: PartState, code = "delivery_refused"): Step => ({
  part: { state, tries: part.tries, progress: { pauses: 0 } },
  request: Request.Rest({ code })
})
