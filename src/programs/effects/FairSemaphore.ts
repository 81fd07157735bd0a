/**
 * Permits that are handed on in the order in which they are asked for. Effect's own semaphore wakes everybody who waits
 * whenever one is given back: with fifty who wait for one permit that was 13 % of all that the runtime did for a turn.
 */
import { Effect } from "effect"

export interface FairSemaphore {
  /** Runs an effect while it holds a permit; whoever is interrupted while waiting gives its place up. */
  readonly withPermit: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Changes how many may run at once. Where they are fewer now, those that run are let finish. */
  readonly resize: (permits: number) => Effect.Effect<void>
}

interface Ticket {
  isHeld: boolean
  /** Lets the one who waits go on. */
  wake: () => void
}

/** `permits` is how many may run at once, at least 1. */
export const make = (permits: number): FairSemaphore => {
  let size = permits
  /** Below 0 while more run than may since they became fewer. */
  let free = permits
  // In the order in which they came.
  const waiting = new Set<Ticket>()

  const take = (ticket: Ticket) =>
    Effect.async<void>((resume) => {
      if (free > 0) {
        free--
        ticket.isHeld = true
        return resume(Effect.void)
      }
      ticket.wake = () => resume(Effect.void)
      waiting.add(ticket)
    })

  const handOut = () => {
    for (const ticket of waiting) {
      if (free <= 0) return
      free--
      waiting.delete(ticket)
      ticket.isHeld = true
      ticket.wake()
    }
  }

  /** Whichever way it ended: a permit may have been handed on in the moment of an interruption. */
  const giveBack = (ticket: Ticket) =>
    Effect.sync(() => {
      if (!ticket.isHeld) return waiting.delete(ticket)
      free++
      return handOut()
    })

  return {
    resize: (now) =>
      Effect.sync(() => {
        free += now - size
        size = now
        handOut()
      }),
    withPermit: (effect) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.suspend(() => {
          const ticket: Ticket = { isHeld: false, wake: () => undefined }
          return Effect.ensuring(restore(Effect.zipRight(take(ticket), effect)), giveBack(ticket))
        })
      )
  }
}
