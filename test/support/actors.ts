/** A cluster in memory whose actors only write down what they are given. */
import { TestRunner } from "@effect/cluster"
import { Effect, Layer, Ref, TestClock } from "effect"
import { AccountActor, type InboundPayload, SessionActor } from "../../src/schemas/Actors.ts"
import type { Delivery } from "../../src/schemas/Delivery.ts"

/** The cluster, for as long as the scope, in virtual time: it is ready after a second of it. */
export const makeActors = Effect.gen(function* () {
  const deliveries = yield* Ref.make<ReadonlyArray<Delivery>>([])
  const inbound = yield* Ref.make<ReadonlyArray<InboundPayload>>([])
  const actors = Layer.mergeAll(
    AccountActor.toLayer({
      Start: () => Effect.void,
      Restart: () => Effect.void,
      Deliver: ({ payload }) => Ref.update(deliveries, (all) => [...all, payload])
    }),
    SessionActor.toLayer({ Inbound: ({ payload }) => Ref.update(inbound, (all) => [...all, payload]) })
  )
  const cluster = yield* Layer.build(Layer.provideMerge(actors, TestRunner.layer))
  yield* TestClock.adjust("1 second")
  return {
    cluster,
    deliveries: Ref.get(deliveries),
    inbound: Ref.get(inbound)
  }
})
