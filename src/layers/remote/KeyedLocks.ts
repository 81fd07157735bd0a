/** Things that are done one at a time by their key. */
import { Effect } from "effect"

export interface KeyedLocks {
  /** Runs an effect while no other of the same key runs. */
  readonly withLock: (key: string) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** At most `permits` of a key at a time. What is kept of a key goes with its last user. */
export const make = (permits: number): KeyedLocks => {
  const locks = new Map<string, { readonly semaphore: Effect.Semaphore; users: number }>()
  const enter = (key: string) =>
    Effect.sync(() => {
      const lock = locks.get(key) ?? { semaphore: Effect.unsafeMakeSemaphore(permits), users: 0 }
      lock.users++
      locks.set(key, lock)
      return lock
    })
  return {
    withLock: (key) => (effect) =>
      Effect.acquireUseRelease(
        enter(key),
        ({ semaphore }) => semaphore.withPermits(1)(effect),
        (lock) =>
          Effect.sync(() => {
            lock.users--
            if (lock.users === 0) locks.delete(key)
          })
      )
  }
}
