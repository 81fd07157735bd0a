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
