/** A store as several hosts have it that write the same: each hears what any of them tells. */
import { Effect, Layer, PubSub, Stream } from "effect"
import { Database, type Told } from "../../src/layers/database/Database.ts"
import { sync } from "../../src/layers/database/Step.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"

export const sharedStore = Layer.effect(
  Database,
  Effect.gen(function* () {
    const database = yield* Database
    const hub = yield* PubSub.unbounded<Told>()
    return Database.of({
      ...database,
      isShared: true,
      tell: (told) => sync(() => void hub.unsafeOffer(told)),
      told: Stream.fromPubSub(hub)
    })
  })
).pipe(Layer.provide(DatabaseSqlite.memory))

/** What a layer makes of the store on one host more. */
export const onOneHost = <A, E, R>(layer: Layer.Layer<A, E, R>) => Layer.build(Layer.fresh(layer))

/** Until all fibers wait: those that listen do, and what was told is heard. */
export const settled = Effect.repeatN(Effect.yieldNow({ priority: 100 }), 20)
