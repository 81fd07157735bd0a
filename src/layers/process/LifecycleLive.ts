/** A count of running work, and a latch for the stop; both in one place, so that no work slips in beside a stop. */
import { Effect, Layer, Option, STM, TRef } from "effect"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { waitAtMost } from "./waitAtMost.ts"

const make = Effect.gen(function* () {
  const running = yield* TRef.make(0)
  const isStopping = yield* TRef.make(false)

  /** Whether the work may start. */
  const begin = STM.gen(function* () {
    if (yield* TRef.get(isStopping)) return false
    yield* TRef.update(running, (count) => count + 1)
    return true
  })
  const end = TRef.update(running, (count) => count - 1)
  const stopping = TRef.get(isStopping).pipe(STM.flatMap((is) => STM.check(() => is)))
  const idle = TRef.get(running).pipe(STM.flatMap((count) => STM.check(() => count === 0)))

  return Lifecycle.of({
    work: (effect) =>
      Effect.acquireUseRelease(
        begin,
        (begun) => (begun ? effect : Effect.never),
        (begun) => (begun ? end : Effect.void)
      ),
    stopping,
    stop: (withinMs) =>
      TRef.set(isStopping, true).pipe(
        Effect.zipRight(waitAtMost(STM.commit(idle), withinMs)),
        Effect.map(Option.isSome)
      )
  })
})

export const layer: Layer.Layer<Lifecycle> = Layer.effect(Lifecycle, make)
