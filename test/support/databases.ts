/** The databases that a store can lie on: what it promises is tested on each. */
import { describe } from "@effect/vitest"
import { Layer } from "effect"
import type { Database } from "../../src/layers/database/Database.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import * as postgres from "./postgres.ts"

export interface TestedDatabase {
  readonly name: string
  /** An empty store, each time that it is built. */
  readonly layer: Layer.Layer<Database>
}

export const databases: ReadonlyArray<TestedDatabase> = [
  { name: "SQLite", layer: Layer.orDie(DatabaseSqlite.memory) },
  { name: "PostgreSQL", layer: postgres.store }
]

/** What holds on each database, as tests of each. */
export const onEach = (what: string, tests: (database: TestedDatabase) => void): void => {
  for (const database of databases) describe(`${what}, on ${database.name}`, () => tests(database))
}
