/** A cluster in memory whose sessions only write down what they are given, and an outbox that does the same. */
import { TestRunner } from "@effect/cluster"
import { Context, Effect, Layer, Option, Ref, TestClock } from "effect"
import * as OutboxSql from "../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import { type InboundPayload, SessionActor } from "../../src/schemas/Actors.ts"
import type { Delivery } from "../../src/schemas/Delivery.ts"
import { type OpenDelivery, Outbox } from "../../src/services/Outbox.ts"

/** The cluster over an outbox, for as long as the scope, in virtual time: it is ready after a second of it. */
export const makeActorsOver = (real: typeof Outbox.Service) =>
  Effect.gen(function* () {
    const deliveries = yield* Ref.make<ReadonlyArray<Delivery>>([])
    const inbound = yield* Ref.make<ReadonlyArray<InboundPayload>>([])
    const sessions = SessionActor.toLayer({
      Inbound: ({ payload }) => Ref.update(inbound, (all) => [...all, payload])
    })
    const note = <E>(accepting: Effect.Effect<Option.Option<OpenDelivery>, E>) =>
      Effect.tap(accepting, (added) =>
        Ref.update(deliveries, (all) => [...all, ...Option.toArray(added).map(({ delivery }) => delivery)])
      )
    const noting = Outbox.of({
      ...real,
      accept: (delivery) => note(real.accept(delivery)),
      retry: (letter) => note(real.retry(letter))
    })
    const cluster = yield* Layer.build(
      Layer.provideMerge(Layer.merge(sessions, Layer.succeed(Outbox, noting)), TestRunner.layer)
    )
    yield* TestClock.adjust("1 second")
    return {
      cluster,
      deliveries: Ref.get(deliveries),
      inbound: Ref.get(inbound)
    }
  })

/** The same over an outbox of its own. */
export const makeActors = Effect.gen(function* () {
  const outbox = yield* Layer.build(OutboxSql.layer.pipe(Layer.provide(DatabaseSqlite.memory)))
  return yield* makeActorsOver(Context.get(outbox, Outbox))
})
