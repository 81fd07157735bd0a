/** One database as the gateways of several hosts have it: what one tells, all are told. */
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import { Database, type Told } from "../../src/layers/database/Database.ts"
import { sync } from "../../src/layers/database/Step.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"

/**
 * `deaf` hears nothing, as while its connection is lost; `tellEverybody` is what the database says by itself, as when a
 * connection is there again. It is in memory.
 */
export const severalHosts = Effect.gen(function* () {
  const database = yield* Effect.map(Layer.build(DatabaseSqlite.memory), Context.get(Database))
  const told = yield* PubSub.unbounded<Told>()
  const host = {
    ...database,
    isShared: true,
    tell: (one: Told) => sync(() => void told.unsafeOffer(one))
  }
  return {
    tellEverybody: (one: Told) => PubSub.publish(told, one),
    host: Layer.succeed(Database, { ...host, told: Stream.fromPubSub(told) }),
    deaf: Layer.succeed(Database, { ...host, told: Stream.never })
  }
})

/** A database that takes nothing any more once its host is killed. */
export const untilKilled = (host: Layer.Layer<Database>) => {
  let isKilled = false
  return {
    kill: Effect.sync(() => {
      isKilled = true
    }),
    database: Layer.map(host, (context) => {
      const { write, ...database } = Context.get(context, Database)
      return Context.make(Database, {
        ...database,
        write: (steps) => Effect.suspend(() => (isKilled ? Effect.dieMessage("killed") : write(steps)))
      })
    })
  }
}
