/** Effects with the same key run one after the other, in the order in which they were given; others beside them. */
import { Deferred, Effect, FiberId } from "effect"

export interface Lanes {
  readonly run: <A, E, R>(key: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

interface Lane {
  /** Those that run or wait. */
  members: number
  /** Succeeds when everything that was given so far is over. */
  tail: Effect.Effect<void>
}

/** The place in a lane is taken when `run`'s effect starts, before anything can suspend it: that is the order. */
export const make = (): Lanes => {
  const lanes = new Map<string, Lane>()
  return {
    run: (key, effect) =>
      Effect.uninterruptibleMask((restore) => {
        const lane = lanes.get(key) ?? { members: 0, tail: Effect.void }
        const before = lane.tail
        const mine = Deferred.unsafeMake<void>(FiberId.none)
        lanes.set(key, lane)
        lane.members++
        lane.tail = Deferred.await(mine)
        return restore(before).pipe(
          // Whoever comes after one that gave up waiting still waits for those before it.
          Effect.onInterrupt(() => Deferred.completeWith(mine, before)),
          Effect.zipRight(Effect.ensuring(restore(effect), Deferred.succeed(mine, undefined))),
          Effect.ensuring(
            Effect.sync(() => {
              lane.members--
              if (lane.members === 0) lanes.delete(key)
            })
          )
        )
      })
  }
}
