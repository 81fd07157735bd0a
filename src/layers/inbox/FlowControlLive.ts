/**
 * Permits for messages on their way from a pipe to their session. A permit comes back when its message is done
 * with, or after a second: waiting for a hung agent must not stop the pipe, which also carries the responses of
 * sends. A session with a backlog takes no permits: what it accepts lies on disk, not in memory.
 *
 * A message that was accepted before, and is shown again, may never be reported as finished. So what is unfinished
 * is known by its key, and forgotten after a while.
 */
import { Effect, Layer } from "effect"
import { FlowControl } from "../../services/FlowControl.ts"

/** Messages in flight at once. */
const PERMITS = 64
/** Beyond this many unfinished messages a session counts as having a backlog. */
const BACKLOG = 16
/** So many unfinished messages of a session are known by their keys; of more it only matters that there are many. */
const KNOWN = 128
/** How long a message may hold its permit. */
const HOLD_MS = 1000
/** How long an unfinished message counts. */
const FORGET_MS = 60_000

const make = Effect.gen(function* () {
  const clock = yield* Effect.clock
  /** Milliseconds that never go back, whatever is done to the time of day. */
  const now = () => Number(clock.unsafeCurrentTimeNanos() / 1_000_000n)
  /** When each permit was taken, oldest first. */
  const held = new Map<string, number>()
  /** When the messages of each session came, oldest first. */
  const unfinished = new Map<string, Map<string, number>>()
  const waiters: Array<() => void> = []

  const wakeOne = () => waiters.shift()?.()
  /** Notes a key as the newest. */
  const note = (entries: Map<string, number>, key: string) => {
    entries.delete(key)
    entries.set(key, now())
  }
  const dropOlder = (entries: Map<string, number>, millis: number) => {
    const limit = now() - millis
    for (const [key, since] of entries) {
      if (since > limit) return
      entries.delete(key)
    }
  }

  const takePermit = (key: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      dropOlder(held, HOLD_MS)
      if (held.has(key) || held.size < PERMITS) {
        note(held, key)
        return Effect.void
      }
      const [oldest] = held.values()
      const wait = (oldest ?? 0) + HOLD_MS - now()
      return Effect.async<void>((resume) => {
        const wake = () => resume(Effect.void)
        // The wait begins a little after the look: what was given back between the two wakes nobody.
        if (held.size < PERMITS) return wake()
        waiters.push(wake)
        return Effect.sync(() => {
          const index = waiters.indexOf(wake)
          if (index !== -1) waiters.splice(index, 1)
        })
      }).pipe(Effect.timeoutOption(Math.max(1, wait)), Effect.zipRight(takePermit(key)))
    })

  return FlowControl.of({
    admit: (sessionKey, key) =>
      Effect.suspend(() => {
        const waiting = unfinished.get(sessionKey) ?? new Map<string, number>()
        unfinished.set(sessionKey, waiting)
        dropOlder(waiting, FORGET_MS)
        const hasBacklog = waiting.size >= BACKLOG
        if (waiting.size < KNOWN) note(waiting, key)
        return hasBacklog ? Effect.void : takePermit(key)
      }),
    finished: (sessionKey, key) =>
      Effect.sync(() => {
        const waiting = unfinished.get(sessionKey)
        waiting?.delete(key)
        if (waiting?.size === 0) unfinished.delete(sessionKey)
        if (held.delete(key)) wakeOne()
      })
  })
})

export const layer: Layer.Layer<FlowControl> = Layer.effect(FlowControl, make)
