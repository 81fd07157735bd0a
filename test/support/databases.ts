/**
 * The databases that a store can lie on: what it promises is tested on each. A test file takes `describe` and `database`
 * from here; each of its suites is there twice, and what its tests build is on the database that their suite names.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import * as vitest from "@effect/vitest"
import { Context, type Duration, Effect, Fiber, Layer, Option, type Scope, TestClock } from "effect"
import { getCurrentTest } from "vitest/suite"
import { Database } from "../../src/layers/database/Database.ts"
import * as DatabasePostgres from "../../src/layers/postgres/DatabasePostgres.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import * as postgres from "./postgres.ts"

/** What a server is being asked. A file answers at once. */
let underWay = 0

const waitedFor = Layer.map((context: Context.Context<Database>) => {
  const { read, write, ...database } = Context.get(context, Database)
  const counted = <A, E>(asking: Effect.Effect<A, E>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => underWay++),
      () => asking,
      () => Effect.sync(() => underWay--)
    )
  return Context.make(Database, {
    ...database,
    read: (steps) => counted(read(steps)),
    write: (steps) => counted(write(steps))
  })
})

interface Kind {
  readonly name: string
  /** An empty store in memory, or one that goes with its scope. */
  readonly layer: Layer.Layer<Database>
  /** A store that may be opened again and again for as long as a scope. */
  readonly lasting: Effect.Effect<Layer.Layer<Database>, never, Scope.Scope>
}

export const databases: ReadonlyArray<Kind> = [
  {
    name: "on SQLite",
    layer: Layer.orDie(DatabaseSqlite.memory),
    lasting: Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "imsg-store-"))),
        (dir) => Effect.sync(() => rmSync(dir, { recursive: true }))
      ),
      (dir) =>
        Layer.fresh(
          Layer.orDie(Layer.provide(DatabaseSqlite.layer(join(dir, "gateway.db")), NodeContext.layer))
        )
    )
  },
  {
    name: "on PostgreSQL",
    layer: waitedFor(postgres.store),
    lasting: Effect.map(postgres.migratedDatabase, ({ url }) =>
      Layer.fresh(Layer.orDie(DatabasePostgres.layer({ url, name: "here" })))
    )
  }
]

/** The database of the suite that the test is in. */
const ofSuite = (): Kind => {
  for (let suite = getCurrentTest()?.suite; suite !== undefined; suite = suite.suite) {
    const { name: suiteName } = suite
    const found = databases.find(({ name }) => name === suiteName)
    if (found !== undefined) return found
  }
  throw new Error("the test is in no suite of a database")
}

/** An empty store for each test, on the database of its suite. */
export const database: Layer.Layer<Database> = Layer.suspend(() => ofSuite().layer)

/** A store on the database of the suite, which keeps what is in it from one time that it is opened to the next. */
export const lasting = Effect.suspend(() => ofSuite().lasting)

/** The process goes on with what a server has answered meanwhile. */
const goOn = Effect.async<void>((resume) => {
  const resumed = () => resume(Effect.void)
  if (underWay > 0) setTimeout(resumed, 1)
  else setImmediate(resumed)
})

/** Until nobody asks the store anything: what follows from what was done is done, a server being waited for in real time. */
const settled: Effect.Effect<void> = Effect.suspend(() => {
  let quiet = 0
  return Effect.repeat(goOn, {
    until: () => {
      quiet = underWay === 0 ? quiet + 1 : 0
      return quiet === 3
    }
  })
})

/** Moves the tests' clock on, while nobody asks the store anything. */
export const pass = (duration: Duration.DurationInput) =>
  Effect.zipRight(Effect.zipRight(settled, TestClock.adjust(duration)), settled)

/** Moves the tests' clock on in steps until a fiber is over, and has what came of it. */
export const joinPassing = <A, E>(fiber: Fiber.RuntimeFiber<A, E>, each: Duration.DurationInput) =>
  Effect.zipRight(
    Effect.repeat(Effect.zipRight(pass(each), Fiber.poll(fiber)), { until: Option.isSome }),
    Fiber.join(fiber)
  )

/** A row that is refused: on which table, before or after what is done with it, and whether it is this one. */
interface Refused {
  readonly table: string
  readonly moment: `${"BEFORE" | "AFTER"} ${"INSERT" | "UPDATE" | "DELETE"}`
  readonly when?: string
}

/** Has the store of a suite refuse rows as a full disk does; the effect that it answers has them taken again. */
export const refuse = ({ moment, table, when }: Refused) =>
  Effect.gen(function* () {
    const { isShared, prepare, write } = yield* Database
    const condition = when === undefined ? "" : `WHEN (${when})`
    const run = (sql: string) => write(() => prepare(sql).run())
    const begin = `CREATE TRIGGER refused ${moment} ON ${table} FOR EACH ROW ${condition}`
    if (isShared) {
      yield* run(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$`)
      yield* run(`${begin} EXECUTE FUNCTION refuse()`)
    } else yield* run(`${begin} BEGIN SELECT RAISE(FAIL, 'disk full'); END`)
    return run(`DROP TRIGGER refused ${isShared ? `ON ${table}` : ""}`)
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
