/** Shows in every account's status that the store cannot be written, and ends the gateway when it is corrupt. */
import { Effect, Option, Stream } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { Accounts } from "../../services/Accounts.ts"
import { StoreHealth } from "../../services/StoreHealth.ts"

/** An account's own supervision clears its last error when a child has come up; this puts it back. */
const SHOW_EVERY = "1 second"

/** Watches until the store turns out to be corrupt, which only a start can mend. */
export const watchStore: Effect.Effect<never, StoreUnavailable, StoreHealth | Accounts> = Effect.gen(
  function* () {
    const { corrupted, refusals } = yield* StoreHealth
    const accounts = yield* Accounts
    const ofEachAccount = <A>(effect: (id: string) => Effect.Effect<A>) =>
      Effect.flatMap(accounts.all, (statuses) =>
        Effect.forEach(
          statuses.filter(({ state }) => state !== "disabled"),
          ({ id }) => effect(id),
          { discard: true }
        )
      )

    const show = ({ code, hint, message }: StoreUnavailable) =>
      ofEachAccount((id) =>
        Effect.flatMap(accounts.get(id), (status) =>
          Option.exists(status, ({ lastError }) => lastError?.message === message)
            ? Effect.void
            : accounts.update(id, () => ({ lastError: { code, message, hint } }))
        )
      )
    const clear = ({ code }: StoreUnavailable) =>
      ofEachAccount((id) =>
        accounts.update(id, ({ lastError }) => (lastError?.code === code ? { lastError: undefined } : {}))
      )

    const onChange = (
      before: StoreUnavailable | undefined,
      error: StoreUnavailable | undefined
    ): Effect.Effect<void> => {
      if (error === undefined) {
        return before === undefined
          ? Effect.void
          : Effect.zipRight(clear(before), Effect.logInfo("the store can be written again"))
      }
      const say =
        before === undefined
          ? Effect.logError(
              "the store cannot be written: nothing is accepted, answered or sent until it can, and nothing is lost"
            ).pipe(Effect.annotateLogs({ code: error.code, detail: error.message, hint: error.hint }))
          : Effect.void
      return Effect.zipRight(say, Effect.forever(Effect.zipRight(show(error), Effect.sleep(SHOW_EVERY))))
    }

    const follow = refusals.pipe(
      Stream.zipWithPrevious,
      Stream.flatMap(([before, error]) => Stream.fromEffect(onChange(Option.getOrUndefined(before), error)), {
        switch: true
      }),
      Stream.runDrain
    )
    // Neither of them succeeds.
    return yield* Effect.zipRight(
      Effect.all([corrupted, follow], { concurrency: "unbounded", discard: true }),
      Effect.never
    )
  }
)
