/** The private bridge is left alone once it has held a child up: each try could cost the replies behind it one more child. */
import { Effect, Ref } from "effect"
import type { AccountContext } from "./AccountContext.ts"
import { monotonicMillis } from "./supervision/monotonic.ts"

/** For how long, in ms, whichever child runs. */
export const PAUSE_MS = 3_600_000

/** Why something is not done meanwhile. */
export const PAUSED = "the private bridge has held imsg up, and is left alone for an hour"

/** Whether it is left alone now. */
export const isBridgePaused = ({ bridgePausedUntil }: AccountContext): Effect.Effect<boolean> =>
  Effect.zipWith(monotonicMillis, Ref.get(bridgePausedUntil), (now, until) => now < until)

/** It is, since this method of imsg was not answered. */
export const pauseBridge = (
  { account, bridgePausedUntil }: AccountContext,
  method: string
): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* Ref.set(bridgePausedUntil, (yield* monotonicMillis) + PAUSE_MS)
    yield* Effect.logWarning(
      "imsg could not get past a call of its private bridge: for an hour only what needs none is sent, and nothing shown"
    ).pipe(Effect.annotateLogs({ account: account.id, method }))
  })
