/** A store of one process, and the database of a cluster that it is carried over into: both empty. */
import { Context, Effect, Layer } from "effect"
import { Database } from "../../../../src/layers/database/Database.ts"
import * as DatabasePostgres from "../../../../src/layers/postgres/DatabasePostgres.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import { migratedDatabase } from "../../../support/postgres.ts"

export type Store = Database["Type"]

export const makeStores = Effect.gen(function* () {
  const server = yield* migratedDatabase
  const opened = <E>(layer: Layer.Layer<Database, E>) =>
    Effect.map(Layer.build(Layer.fresh(layer)), Context.get(Database))
  return {
    server,
    from: yield* opened(DatabaseSqlite.memory),
    into: yield* opened(DatabasePostgres.layer({ url: server.url, name: "import" }))
  }
})
