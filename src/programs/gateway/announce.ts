/** Tells the service manager that the gateway is up, well, and stopping. */
import { Duration, Effect, Option, Schedule, type Scope } from "effect"
import { waitAtMost } from "../../layers/process/waitAtMost.ts"
import { Notify } from "../../services/Notify.ts"

/** A stop does not wait longer than this, in ms, for being announced. */
const STOP_WITHIN = 1000

/**
 * Announces the gateway as up now, as stopping at the end of the scope, and in between as well: every half of the
 * watchdog's time, each time after `answers`, which reads from the store. The gateway is well when its event loop
 * runs and its store answers; whether its accounts run is no question here, since a restart would not mend them.
 */
export const announce = <A, E>(
  answers: Effect.Effect<A, E>
): Effect.Effect<void, never, Notify | Scope.Scope> =>
  Effect.gen(function* () {
    const notify = yield* Notify
    yield* Effect.addFinalizer(() => waitAtMost(notify.stopping, STOP_WITHIN))
    const everyMs = Option.map(notify.watchdogMs, (ms) => ms / 2)
    const beat = (ms: number) =>
      answers.pipe(
        Effect.timeout(ms),
        Effect.matchCauseEffect({
          onFailure: (cause) =>
            Effect.logWarning("the store does not answer: the watchdog is not fed", cause),
          onSuccess: () => notify.alive
        }),
        Effect.repeat(Schedule.fixed(Duration.millis(ms))),
        Effect.asVoid
      )
    yield* notify.ready.pipe(
      Effect.zipRight(Option.match(everyMs, { onNone: () => Effect.void, onSome: beat })),
      Effect.interruptible,
      Effect.forkScoped
    )
  })
