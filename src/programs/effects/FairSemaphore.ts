/**
 * Permits that are handed on in the order in which they are asked for. Effect's own semaphore wakes everybody who waits
 * whenever one is given back: with fifty who wait for one permit that was 13 % of all that the runtime did for a turn.
 */
import { Effect } from "effect"
import type { Permit } from "../../services/TurnPermits.ts"

export interface FairSemaphore {
  /** Runs an effect while it holds a permit; whoever is interrupted while waiting gives its place up. */
  readonly withPermit: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** The same for what is told which permit it holds. */
  readonly withOwnPermit: <A, E, R>(use: (permit: Permit) => Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Whether nothing runs, nor waits for a permit. */
  readonly isIdle: Effect.Effect<boolean>
  /** Changes how many may run at once. Where they are fewer now, those that run are let finish. */
  readonly resize: (permits: number) => Effect.Effect<void>
}

interface Ticket {
  isHeld: boolean
  /** What runs beside the work while the permit is given back. */
  aside: number
  /** Nothing is taken any more for work that is over. */
  isOver: boolean
  /** Lets the one who waits go on. */
  wake: () => void
}

const newTicket = (): Ticket => ({ isHeld: false, aside: 0, isOver: false, wake: () => undefined })

/** `permits` is how many may run at once, at least 1. */
export const make = (permits: number): FairSemaphore => {
  let size = permits
  /** Below 0 while more run than may since they became fewer. */
  let free = permits
  // In the order in which they came.
  const waiting = new Set<Ticket>()

  const handOut = () => {
    for (const ticket of waiting) {
      if (free <= 0) return
      free--
      waiting.delete(ticket)
      ticket.isHeld = true
      ticket.wake()
    }
  }

  const take = (ticket: Ticket) =>
    Effect.async<void>((resume) => {
      ticket.wake = () => resume(Effect.void)
      waiting.add(ticket)
      handOut()
    })

  /**
   * Whichever way it ended: a permit may have been handed on in the moment of an interruption. Who waits for one that is
   * not taken any more goes on.
   */
  const giveBack = (ticket: Ticket) =>
    Effect.sync(() => {
      if (waiting.delete(ticket)) return ticket.wake()
      if (!ticket.isHeld) return
      ticket.isHeld = false
      free++
      return handOut()
    })

  /** Whoever is interrupted while it waits for the permit again stays in the line: the work goes on without it. */
  const aside =
    (ticket: Ticket): Permit["aside"] =>
    (effect) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          if (ticket.aside++ === 0) yield* giveBack(ticket)
          const exit = yield* Effect.exit(restore(effect))
          if (--ticket.aside === 0 && !ticket.isOver) yield* restore(take(ticket))
          return yield* exit
        })
      )

  const withOwnPermit: FairSemaphore["withOwnPermit"] = (use) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const ticket = newTicket()
        const end = Effect.suspend(() => giveBack(Object.assign(ticket, { isOver: true })))
        return Effect.ensuring(restore(Effect.zipRight(take(ticket), use({ aside: aside(ticket) }))), end)
      })
    )

  return {
    resize: (now) =>
      Effect.sync(() => {
        free += now - size
        size = now
        handOut()
      }),
    isIdle: Effect.sync(() => free >= size && waiting.size === 0),
    withOwnPermit,
    withPermit: (effect) => withOwnPermit(() => effect)
  }
}
