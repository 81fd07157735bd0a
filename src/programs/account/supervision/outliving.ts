/** A defect of the gateway itself costs what it ended a pause, which grows where it comes again; never more. */
import { Effect, Random } from "effect"
import { GatewayDefect } from "../../../schemas/errors/defect.ts"
import { Accounts } from "../../../services/Accounts.ts"
import { type BackoffPolicy, backoffDelay, nextAttempt } from "./backoff.ts"
import { monotonicMillis } from "./monotonic.ts"

interface Options<R> {
  /** What is run, in words. */
  readonly what: string
  readonly backoff: BackoffPolicy
  /** Tells of a defect before the pause. */
  readonly tell?: (defect: GatewayDefect) => Effect.Effect<void, never, R>
}

/** Shows a defect in the status of an account until its next child is healthy. */
export const showDefect =
  (accountId: string) =>
  ({ code, hint, message }: GatewayDefect): Effect.Effect<void, never, Accounts> =>
    Effect.flatMap(Accounts, ({ update }) =>
      update(accountId, () => ({
        ...{ state: "backoff", reason: code, pid: undefined, lastError: { code, hint, message } }
      }))
    )

/** Runs what should run for ever, and runs it again when a defect ends it. */
export const outliving = <R, R2 = never>(
  { backoff, tell = () => Effect.void, what }: Options<R2>,
  run: Effect.Effect<unknown, never, R>
): Effect.Effect<never, never, R | R2> =>
  Effect.gen(function* () {
    let attempt = 0
    return yield* Effect.gen(function* () {
      const begunAt = yield* monotonicMillis
      const afterDefect = (defect: unknown) =>
        Effect.gen(function* () {
          attempt = nextAttempt(backoff, attempt, (yield* monotonicMillis) - begunAt)
          const delay = backoffDelay(backoff, attempt, yield* Random.next)
          const failed = new GatewayDefect({ what })
          yield* Effect.logError(failed.message, defect).pipe(
            Effect.annotateLogs({ code: failed.code, retryInMs: delay })
          )
          yield* tell(failed)
          yield* Effect.sleep(delay)
        })
      yield* Effect.catchAllDefect(Effect.zipRight(run, Effect.never), afterDefect)
    }).pipe(Effect.forever)
  })
