/** Permits of turns, in memory. */
import { Effect, Layer } from "effect"
import { type Permit, TurnPermits } from "../../services/TurnPermits.ts"

const make = Effect.sync(() => {
  const held = new Map<string, Permit>()
  return TurnPermits.of({
    during: (turnId, permit) => (work) =>
      Effect.acquireUseRelease(
        Effect.sync(() => held.set(turnId, permit)),
        () => work,
        () => Effect.sync(() => held.delete(turnId))
      ),
    aside: (turnId) => (effect) =>
      Effect.suspend(() => {
        const permit = held.get(turnId)
        return permit === undefined ? effect : permit.aside(effect)
      })
  })
})

export const layer: Layer.Layer<TurnPermits> = Layer.effect(TurnPermits, make)
