/**
 * What says that there may be rows: the database's files changed, the watch announced something, a send ended. What is
 * nudged twice is read once, and a nudge that comes while rows are read has them read once more.
 */
import { Effect, Option, Queue } from "effect"

export interface Nudges {
  /** There may be rows. */
  readonly nudge: Effect.Effect<void>
  /** Waits for a nudge, so many ms at most; says whether there was one. */
  readonly await: (atMostMs: number) => Effect.Effect<boolean>
}

export const make: Effect.Effect<Nudges> = Effect.map(Queue.sliding<void>(1), (queue) => ({
  nudge: Effect.asVoid(Queue.offer(queue, undefined)),
  // A nudge that is lost to the end of the time is none: whoever waited looks in either case.
  await: (atMostMs) => Effect.map(Effect.timeoutOption(Queue.take(queue), atMostMs), Option.isSome)
}))

/** The pause after a first read that found nothing, in ms, and the longest. */
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 80

/**
 * The pause, in ms, after so many reads in a row that found nothing. Files change a moment before what is in them can be
 * read, and Messages writes much that is no row: what is busy with that must not keep anybody busy.
 */
export const pauseAfter = (misses: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, misses - 1))
