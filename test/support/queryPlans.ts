/** How SQLite goes about the statements that a layer prepares. */
import { Effect, Layer } from "effect"
import { Database } from "../../src/layers/database/Database.ts"
import { map } from "../../src/layers/database/Step.ts"

/** The statements that a layer prepares, in their order. */
export const statementsOf = <A, E>(layer: Layer.Layer<A, E, Database>) =>
  Effect.gen(function* () {
    const prepared: Array<string> = []
    const database = yield* Database
    const recording = Layer.succeed(Database, {
      ...database,
      prepare: <Row = never>(sql: string) => {
        prepared.push(sql)
        return database.prepare<Row>(sql)
      }
    })
    yield* Effect.scoped(Layer.build(Layer.provide(layer, recording)))
    return prepared
  })

/** The steps that a statement takes, whose values stand as question marks. */
export const planOf = (sql: string) =>
  Effect.flatMap(Database, (database) => {
    const explain = database.prepare<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    const values = Array.from(sql.matchAll(/\?/gu), () => 1)
    return database.read(() => map(explain.all(...values), (steps) => steps.map(({ detail }) => detail)))
  })
