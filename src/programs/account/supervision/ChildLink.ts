/** The account's current child, as its deliveries see it: there is one, or one will come. */
import { Clock, Deferred, Effect, Option, Ref, type Stream, SubscriptionRef } from "effect"
import type { ChildStuck } from "../../../schemas/errors/imsg.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"

interface Connected {
  readonly session: ImsgSession
  readonly condemned: Deferred.Deferred<never, ChildStuck>
}

export interface ChildLink {
  /** The running child; waits until there is one. */
  readonly current: Effect.Effect<ImsgSession>
  /** The running child, if there is one now. */
  readonly poll: Effect.Effect<Option.Option<ImsgSession>>
  /** Makes a child the current one, in the place of any other. The effect it gives fails when it is condemned. */
  readonly connect: (session: ImsgSession) => Effect.Effect<Effect.Effect<never, ChildStuck>>
  readonly disconnect: Effect.Effect<void>
  /** Since when there was none the last time, Unix ms. */
  readonly missedSince: Effect.Effect<number>
  /** Says how many children there have been, as each becomes the current one. */
  readonly connections: Stream.Stream<number>
  /** Has a child replaced, if it is still the current one. */
  readonly condemn: (session: ImsgSession, reason: ChildStuck) => Effect.Effect<void>
}

export const make: Effect.Effect<ChildLink> = Effect.gen(function* () {
  const slot = yield* Ref.make(yield* Deferred.make<Connected>())
  const missedSince = yield* Ref.make(yield* Clock.currentTimeMillis)
  const empty = Effect.gen(function* () {
    yield* Ref.set(missedSince, yield* Clock.currentTimeMillis)
    yield* Ref.set(slot, yield* Deferred.make<Connected>())
  })
  const count = yield* SubscriptionRef.make(0)
  return {
    current: Ref.get(slot).pipe(
      Effect.flatMap(Deferred.await),
      Effect.map(({ session }) => session)
    ),
    poll: Ref.get(slot).pipe(
      Effect.flatMap(Deferred.poll),
      Effect.flatMap(
        Option.match({
          onNone: () => Effect.succeedNone,
          onSome: Effect.map(({ session }) => Option.some(session))
        })
      )
    ),
    connect: (session) =>
      Effect.gen(function* () {
        const condemned = yield* Deferred.make<never, ChildStuck>()
        const current = yield* Ref.get(slot)
        if (!(yield* Deferred.succeed(current, { session, condemned }))) {
          const next = yield* Deferred.make<Connected>()
          yield* Deferred.succeed(next, { session, condemned })
          yield* Ref.set(slot, next)
        }
        yield* SubscriptionRef.update(count, (before) => before + 1)
        return Deferred.await(condemned)
      }),
    missedSince: Ref.get(missedSince),
    connections: count.changes,
    disconnect: Effect.gen(function* () {
      const current = yield* Ref.get(slot)
      // Whoever waits on an empty slot goes on waiting on the same one.
      if (yield* Deferred.isDone(current)) yield* empty
    }),
    condemn: (session, reason) =>
      Effect.gen(function* () {
        const current = yield* Ref.get(slot)
        if (!(yield* Deferred.isDone(current))) return
        const connected = yield* Deferred.await(current)
        if (connected.session !== session) return
        // Whoever asks from now on waits for the next child.
        yield* empty
        yield* Deferred.fail(connected.condemned, reason)
      })
  }
})
