/** Each crossing of a boundary as a span, and as a line of the log with the time that it took. */
import { Clock, Effect, Layer } from "effect"
import { type Attributes, Boundary, type BoundaryName } from "../../services/Boundary.ts"

const told =
  (name: BoundaryName, attributes: Attributes) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Clock.currentTimeNanos, (begunAt) =>
      effect.pipe(
        Effect.withSpan(name, { attributes, captureStackTrace: false }),
        Effect.onExit(({ _tag }) =>
          Effect.flatMap(Clock.currentTimeNanos, (endedAt) =>
            Effect.logInfo("span").pipe(
              Effect.annotateLogs({
                ...attributes,
                span: name,
                ms: Number(endedAt - begunAt) / 1e6,
                ...(_tag === "Failure" ? { failed: true } : {})
              })
            )
          )
        )
      )
    )

/** Without it a crossing costs next to nothing. */
export const layer: Layer.Layer<Boundary> = Layer.succeed(Boundary, told)
