/** Reads rows for ever: at each nudge, and when it is time for that. */
import { Effect, Ref } from "effect"
import { monotonicMillis } from "../supervision/monotonic.ts"
import type { Nudges } from "./nudges.ts"
import * as Rhythm from "./rhythm.ts"

export interface ReadOptions<E, R> {
  /** Takes all rows that there are by now; says whether there were any. */
  readonly read: Effect.Effect<boolean, E, R>
  readonly nudges: Nudges
  /** When the files last changed; each change nudges too. */
  readonly writtenAt: Ref.Ref<number>
  /** How long to wait where nothing tells of anything, in ms. */
  readonly pollMs: number
  /** How long to wait at most, in ms. */
  readonly mostMs: Effect.Effect<number>
}

export const readInRhythm = <E, R>({
  mostMs,
  nudges,
  pollMs,
  read,
  writtenAt
}: ReadOptions<E, R>): Effect.Effect<never, E, R> => {
  const step = (before: Rhythm.Rhythm) =>
    Effect.gen(function* () {
      const seen = yield* Ref.get(writtenAt)
      const rhythm = Rhythm.afterRead(before, { writtenAt: seen, isAny: yield* read })
      const { heldMs, waitMs } = Rhythm.nextRead(rhythm, yield* monotonicMillis, pollMs)
      if (heldMs > 0) yield* Effect.sleep(heldMs)
      yield* nudges.await(Math.min(waitMs, yield* mostMs) - heldMs)
      return rhythm
    })
  return Effect.iterate(Rhythm.initial, { while: () => true, body: step }).pipe(Effect.zipRight(Effect.never))
}
