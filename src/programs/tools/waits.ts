/** Places for calls that wait for messages: so many of a caller, and so many of all. */
import { Effect } from "effect"
import { callerKey, type Grant } from "../../schemas/Grant.ts"

/** Calls that may wait at a time: every event is told to each of them. */
const ALL = 128
/** Those of a caller: whoever begins more keeps none but itself waiting. */
const SHARE = 16

export interface Waits {
  /** Runs a call once there is a place for it, first among those of its caller. */
  readonly of: (grant: Grant) => <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** What is kept of a caller goes with its last call. */
export const makeWaits = (): Waits => {
  const places = Effect.unsafeMakeSemaphore(ALL)
  const shares = new Map<string, { readonly places: Effect.Semaphore; calls: number }>()
  const enter = (caller: string) =>
    Effect.sync(() => {
      const share = shares.get(caller) ?? { places: Effect.unsafeMakeSemaphore(SHARE), calls: 0 }
      share.calls++
      shares.set(caller, share)
      return share
    })
  return {
    of: (grant) => (call) => {
      const caller = callerKey(grant)
      return Effect.acquireUseRelease(
        enter(caller),
        (share) => share.places.withPermits(1)(places.withPermits(1)(call)),
        (share) =>
          Effect.sync(() => {
            share.calls--
            if (share.calls === 0) shares.delete(caller)
          })
      )
    }
  }
}
