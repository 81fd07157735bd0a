/** How what a library waits for is run: in a scope, and with the end that the library gives it. */
import { Effect, FiberSet, type Scope } from "effect"

/** Ends when a signal says so, as an interruption. */
const untilAborted = (signal: AbortSignal): Effect.Effect<never> =>
  Effect.async((resume) => {
    const end = () => resume(Effect.interrupt)
    if (signal.aborted) return end()
    signal.addEventListener("abort", end, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", end))
  })

/** Runs effects until the scope closes, each until its signal. A defect is logged here, and rejects the promise. */
export const makeRun: Effect.Effect<
  <A>(effect: Effect.Effect<A>, signal: AbortSignal) => Promise<A>,
  never,
  Scope.Scope
> = Effect.map(
  FiberSet.makeRuntimePromise<never>(),
  (run) =>
    <A>(effect: Effect.Effect<A>, signal: AbortSignal): Promise<A> =>
      run(
        Effect.raceFirst(effect, untilAborted(signal)).pipe(
          Effect.tapDefect((cause) => Effect.logError("a request over MCP failed", cause))
        )
      )
)
