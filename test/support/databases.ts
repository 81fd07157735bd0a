/**
 * The databases that a store can lie on: what it promises is tested on each. A test file takes `describe` and `database`
 * from here; each of its suites is there twice, and what its tests build is on the database that their suite names.
 */
import * as vitest from "@effect/vitest"
import { Layer } from "effect"
import { getCurrentTest } from "vitest/suite"
import type { Database } from "../../src/layers/database/Database.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import * as postgres from "./postgres.ts"

const databases: ReadonlyArray<{ readonly name: string; readonly layer: Layer.Layer<Database> }> = [
  { name: "on SQLite", layer: Layer.orDie(DatabaseSqlite.memory) },
  { name: "on PostgreSQL", layer: postgres.store }
]

/** An empty store for each test, on the database of its suite. */
export const database: Layer.Layer<Database> = Layer.suspend(() => {
  for (let suite = getCurrentTest()?.suite; suite !== undefined; suite = suite.suite) {
    const { name: suiteName } = suite
    const found = databases.find(({ name }) => name === suiteName)
    if (found !== undefined) return found.layer
  }
  throw new Error("the test is in no suite of a database")
})

let isWithin = false
const within = (tests: () => void) => () => {
  isWithin = true
  try {
    tests()
  } finally {
    isWithin = false
  }
}

/** A suite that is there for each database; one within it is there once in each. */
export const describe = (what: string, tests: () => void): void => {
  if (isWithin) vitest.describe(what, within(tests))
  else {
    vitest.describe(what, () => {
      for (const { name } of databases) vitest.describe(name, within(tests))
    })
  }
}
