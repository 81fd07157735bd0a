/** Telling whoever listens, in the step in which something happens. */
import { Effect, Mailbox, type Scope, type Stream } from "effect"

export interface Broadcast<A> {
  /** Tells it to those who listen now. Who is too far behind misses the oldest: a `PubSub` would drop the newest here. */
  readonly tell: (value: A) => void
  /** Listens until the scope closes: to what is told from when this is done. */
  readonly listen: Effect.Effect<Stream.Stream<A>, never, Scope.Scope>
}

/** `capacity` is how far a listener may be behind. */
export const make = <A>(capacity: number): Broadcast<A> => {
  const listeners = new Set<Mailbox.Mailbox<A>>()
  return {
    tell: (value) => {
      for (const listener of listeners) listener.unsafeOffer(value)
    },
    listen: Effect.acquireRelease(
      Effect.tap(Mailbox.make<A>({ capacity, strategy: "sliding" }), (mailbox) => listeners.add(mailbox)),
      (mailbox) =>
        Effect.zipRight(
          Effect.sync(() => listeners.delete(mailbox)),
          mailbox.shutdown
        )
    ).pipe(Effect.map((mailbox) => Mailbox.toStream(mailbox)))
  }
}
