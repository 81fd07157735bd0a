/** The children that run, in memory. */
import { Effect, Layer, Option } from "effect"
import { Children } from "../../services/Children.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"

const make = (): Children["Type"] => {
  const running = new Map<string, ImsgSession>()
  return {
    connected: (accountId, session) =>
      Effect.acquireRelease(
        Effect.sync(() => void running.set(accountId, session)),
        () =>
          Effect.sync(() => {
            // Another may have taken its place.
            if (running.get(accountId) === session) running.delete(accountId)
          })
      ),
    of: (accountId) => Effect.sync(() => Option.fromNullable(running.get(accountId)))
  }
}

export const layer: Layer.Layer<Children> = Layer.sync(Children, make)
