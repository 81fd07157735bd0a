/** How long a turn has worked: the clock stands still while an owner is asked in it. */
import { Duration, Effect, STM, TRef } from "effect"

export interface WorkTime {
  /** Runs an effect whose time does not count. Several may run at once. */
  readonly aside: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Succeeds once as much time has counted. */
  readonly passed: (duration: Duration.DurationInput) => Effect.Effect<void>
}

export const makeWorkTime: Effect.Effect<WorkTime> = Effect.map(TRef.make(0), (aside) => {
  const awaitCount = (is: (count: number) => boolean) =>
    STM.commit(STM.flatMap(TRef.get(aside), (count) => STM.check(() => is(count))))

  const passed = (left: Duration.Duration): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* awaitCount((count) => count === 0)
      const [worked, isOver] = yield* Effect.timed(
        Effect.raceFirst(
          Effect.as(Effect.sleep(left), true),
          Effect.as(
            awaitCount((count) => count > 0),
            false
          )
        )
      )
      if (!isOver) yield* passed(Duration.subtract(left, worked))
    })

  return {
    aside: (effect) =>
      Effect.acquireUseRelease(
        TRef.update(aside, (count) => count + 1),
        () => effect,
        () => TRef.update(aside, (count) => count - 1)
      ),
    passed: (duration) => passed(Duration.decode(duration))
  }
})
