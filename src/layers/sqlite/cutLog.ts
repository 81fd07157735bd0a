/**
 * The write-ahead log keeps what was written until it is written over: also words that have left the store since. It is
 * cut to nothing once nobody has written for a moment, and now and then where somebody always does.
 */
import { Clock, Effect, Schedule, type Scope } from "effect"

/** Nobody waits for the cut then: it takes some milliseconds. */
const QUIET_MS = 2000
/** The longest that the log goes on where there is never a quiet moment, in ms. */
const AT_LEAST_EVERY_MS = 60_000

/**
 * Cuts the log for as long as the scope lasts, and at its end; what it answers is to be called after every commit.
 * `cut` says whether it was possible: it is not while somebody else reads.
 */
export const makeCutLog = (cut: () => boolean): Effect.Effect<() => void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const written = yield* Effect.makeLatch(false)
    let commits = 0
    const tryToCut = Effect.orElseSucceed(Effect.try(cut), () => false)

    /** Until a whole pause has passed without a commit, or it has been long enough. */
    const awaitQuiet = Effect.gen(function* () {
      const until = (yield* Clock.currentTimeMillis) + AT_LEAST_EVERY_MS
      let seen = -1
      while (seen !== commits && (yield* Clock.currentTimeMillis) < until) {
        seen = commits
        yield* Effect.sleep(QUIET_MS)
      }
    })

    yield* Effect.addFinalizer(() => tryToCut)
    // What comes after this moment opens the latch again.
    const cutOnce = Effect.zipRight(written.close, tryToCut)
    yield* written.await.pipe(
      Effect.zipRight(awaitQuiet),
      Effect.zipRight(
        Effect.repeat(cutOnce, { until: (isCut) => isCut, schedule: Schedule.spaced(QUIET_MS) })
      ),
      Effect.forever,
      Effect.interruptible,
      Effect.forkScoped
    )
    return () => {
      commits++
      written.unsafeOpen()
    }
  })
