/** The lease of this host, in memory: who renews what was taken says when that was. */
import { Clock, Duration, Effect, Layer, Stream, SubscriptionRef } from "effect"
import { Lease, type Moment } from "../../services/Lease.ts"
import { HELD } from "./timing.ts"

const NANOS_PER_MS = 1_000_000

const now: Effect.Effect<Moment> = Effect.zipWith(
  Clock.currentTimeNanos,
  Clock.currentTimeMillis,
  (nanos, wall) => ({ monotonic: Number(nanos) / NANOS_PER_MS, wall })
)

/** By the clock that leaves less: neither tells of all that can happen to a machine. */
const leftAt = (until: Moment | undefined, { monotonic, wall }: Moment): number =>
  until === undefined ? 0 : Math.max(0, Math.min(until.monotonic - monotonic, until.wall - wall))

const make = Effect.fnUntraced(function* (heldFor: Duration.DurationInput) {
  const until = yield* SubscriptionRef.make<Moment | undefined>(undefined)
  const held = Duration.toMillis(heldFor)
  const left = Effect.zipWith(SubscriptionRef.get(until), now, leftAt)
  const renewals = Stream.mapEffect(until.changes, (renewed) => Effect.map(now, (at) => leftAt(renewed, at)))
  return Lease.of({
    now,
    renew: ({ monotonic, wall }) =>
      SubscriptionRef.set(until, { monotonic: monotonic + held, wall: wall + held }),
    left,
    held: Effect.flatMap(left, (millis) =>
      millis > 0 ? Effect.void : Stream.runDrain(Stream.takeUntil(renewals, (more) => more > 0))
    ),
    renewals
  })
})

/** A lease that holds for so long from when it was renewed. */
export const layer = (heldFor: Duration.DurationInput = HELD): Layer.Layer<Lease> =>
  Layer.effect(Lease, make(heldFor))
