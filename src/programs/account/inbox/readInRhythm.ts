/** Reads rows for ever: at each nudge, and when it is time for that. */
import { Effect, Ref } from "effect"
import { monotonicMillis } from "../supervision/monotonic.ts"
import type { Nudges } from "./nudges.ts"
import * as Rhythm from "./rhythm.ts"
import * as Trust from "./trust.ts"

/** How much less often the database is asked where its files are known to tell of new rows. */
const SLOWER = 10

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
  const step = (before: { readonly rhythm: Rhythm.Rhythm; readonly trust: Trust.Trust }) =>
    Effect.gen(function* () {
      const at = yield* monotonicMillis
      const told = yield* Ref.get(writtenAt)
      const isAny = yield* read
      const rhythm = Rhythm.afterRead(before.rhythm, { writtenAt: told, isAny })
      const isNews = told > before.rhythm.writtenAt
      const trust = Trust.afterRead(before.trust, { isNews, isAny, at })
      const poll = trust.isTold ? SLOWER * pollMs : pollMs
      const { heldMs, waitMs } = Rhythm.nextRead(rhythm, yield* monotonicMillis, poll)
      if (heldMs > 0) yield* Effect.sleep(heldMs)
      yield* nudges.await(Math.min(waitMs, yield* mostMs) - heldMs)
      return { rhythm, trust }
    })
  return Effect.iterate(
    { rhythm: Rhythm.initial, trust: Trust.NO_TRUST },
    { while: () => true, body: step }
  ).pipe(Effect.zipRight(Effect.never))
}
