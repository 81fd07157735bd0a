/** What to ask a child for next, so that people see whether somebody writes, and what was read: a decision. */
import { Array as Arr, Order } from "effect"
import type { ChatPresence, PresenceCall } from "../../../services/Presence.ts"

/** Between two calls for one chat, in ms. */
const APART_MS = 1000
/** Phones show that somebody writes for a minute; it is asked for again well before, in ms. */
const RENEWED_AFTER_MS = 30_000
/**
 * How long after the end of its turns nobody is to be seen writing, in ms. The reply goes first: with it phones stop
 * showing that by themselves.
 */
const QUIET_AFTER_MS = 500

/** What may be asked for, by the config and by what the child can do now. */
export interface Allowed {
  readonly typing: boolean
  readonly read: boolean
}

export type Next =
  | { readonly _tag: "Call"; readonly presence: ChatPresence; readonly call: PresenceCall }
  /** There is nothing to do for so long, in ms; for ever where that is not finite. */
  | { readonly _tag: "Wait"; readonly ms: number }

interface Due {
  readonly presence: ChatPresence
  readonly call: PresenceCall
  readonly at: number
}

/** A chat is read before it is written in, as people do. */
const dueOf = (presence: ChatPresence, allowed: Allowed): ReadonlyArray<Due> => {
  const { begunAt, calledAt, isShown, quietSince, turns, typingAt, unreadSince } = presence
  const due = (call: PresenceCall, since: number): ReadonlyArray<Due> => [
    { presence, call, at: Math.max(since, calledAt === undefined ? since : calledAt + APART_MS) }
  ]
  if (allowed.read && unreadSince !== undefined) return due("read", unreadSince)
  if (!allowed.typing) return []
  // What was shown before a turn began may have ended with the reply of the one before.
  if (turns > 0)
    return due("typing", typingAt === undefined || typingAt < begunAt ? begunAt : typingAt + RENEWED_AFTER_MS)
  return isShown ? due("quiet", quietSince + QUIET_AFTER_MS) : []
}

const soonest = Order.mapInput(Order.number, ({ at }: Due) => at)

/** The call that is due first. `now` is in ms, by the clock of the times in `chats`. */
export const nextCall = (chats: ReadonlyArray<ChatPresence>, allowed: Allowed, now: number): Next => {
  const due = chats.flatMap((presence) => dueOf(presence, allowed))
  if (!Arr.isNonEmptyReadonlyArray(due)) return { _tag: "Wait", ms: Number.POSITIVE_INFINITY }
  const { at, call, presence } = Arr.min(due, soonest)
  return at <= now ? { _tag: "Call", presence, call } : { _tag: "Wait", ms: at - now }
}
