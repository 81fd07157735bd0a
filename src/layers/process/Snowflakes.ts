/** The numbers of the cluster, which go up whatever is done to the time of day. */
import { Snowflake } from "@effect/cluster"
import { Clock, Effect, Layer } from "effect"

/** The clock with a time of day that never goes back. */
const neverBack = (clock: Clock.Clock): Clock.Clock => {
  let latest = 0
  const now = () => {
    latest = Math.max(latest, clock.unsafeCurrentTimeMillis())
    return latest
  }
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: now,
    unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
    currentTimeMillis: Effect.sync(now),
    currentTimeNanos: clock.currentTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
}

/**
 * The generator of the cluster's numbers. They are made from the time of day; were that set back, numbers would repeat.
 * Its layer is the cluster's own, so that whoever is built after it shares it: a clock in the place of everybody's would
 * stand still for as long as it was set back, and what people write would be too old to be answered.
 */
export const layer: Layer.Layer<Snowflake.Generator> = Layer.locallyEffect(
  Snowflake.layerGenerator,
  (build) => Effect.clockWith((clock) => Effect.withClock(build, neverBack(clock)))
)
