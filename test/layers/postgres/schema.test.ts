import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect, Layer, Order } from "effect"
import * as DatabasePostgres from "../../../src/layers/postgres/DatabasePostgres.ts"
import { STEPS } from "../../../src/layers/postgres/schema/steps.ts"
import { MIGRATIONS } from "../../../src/layers/sqlite/migrations.ts"
import * as Sqlite from "../../../src/layers/sqlite/Sqlite.ts"
import { emptyDatabase, migratedDatabase } from "../../support/postgres.ts"

interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly isOptional: number
  readonly standard: string | null
}

/** What only several hosts need. */
const OF_HOSTS = [
  ...["cluster_locks", "cluster_runners", "schema_version", "writers"],
  ...["hosts", "account_statuses"],
  ...["staged_files", "staged_pieces"]
]

const described = (columns: ReadonlyArray<Column>) =>
  Arr.sort(
    columns.map(
      ({ isOptional, name, standard, table, type }) =>
        `${table}.${name} ${type}${isOptional ? "?" : ""}${standard === null ? "" : ` = ${standard}`}`
    ),
    Order.string
  )

/** The columns of a file that has taken every step; what numbers itself has no standard value there. */
const ofFile = Effect.map(Sqlite.connect(":memory:"), (connection) => {
  for (const step of MIGRATIONS) connection.exec(step)
  return connection
    .prepare<Column>(
      `SELECT t.name AS "table", c.name AS name, c.type AS type, c."notnull" = 0 AND c.pk = 0 AS isOptional,
         c.dflt_value AS standard
       FROM sqlite_master AS t, pragma_table_info(t.name) AS c
       WHERE t.type = 'table' AND t.name <> 'sqlite_sequence'`
    )
    .all()
})

const ofServer = Effect.flatMap(migratedDatabase, ({ query }) =>
  query<Column>(
    `SELECT table_name AS "table", column_name AS name,
       CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' ELSE data_type END AS type,
       CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS "isOptional", replace(column_default, '::text', '') AS standard
     FROM information_schema.columns WHERE table_schema = 'public'`
  )
)

const indexesOfFile = Effect.map(Sqlite.connect(":memory:"), (connection) => {
  for (const step of MIGRATIONS) connection.exec(step)
  return connection
    .prepare<{ readonly name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    )
    .all()
    .map(({ name }) => name)
})

describe("a server's schema", () => {
  it.scopedLive("has the tables and columns of a file that has taken every step", () =>
    Effect.gen(function* () {
      const server = (yield* ofServer).filter(({ table }) => !OF_HOSTS.includes(table))
      expect(described(server)).toEqual(described(yield* ofFile))
    })
  )

  it.scopedLive("has its indexes", () =>
    Effect.gen(function* () {
      const { query } = yield* migratedDatabase
      const rows = yield* query<{ readonly indexname: string }>(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
      )
      const names = rows.map(({ indexname }) => indexname)
      expect(names).toEqual(expect.arrayContaining(yield* indexesOfFile))
    })
  )

  it.scopedLive("compares every text of the stores byte by byte", () =>
    Effect.gen(function* () {
      const { query } = yield* migratedDatabase
      const others = yield* query(
        `SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
           AND table_name NOT LIKE 'cluster\\_%'`
      )
      expect(others).toEqual([])
    })
  )
})

describe("opening a server", () => {
  const open = (database: { readonly url: DatabasePostgres.Server["url"] }) =>
    Effect.scoped(Layer.build(DatabasePostgres.layer({ url: database.url, name: "here" })))
  const versions = "SELECT version, oldest_program FROM schema_version ORDER BY version"

  it.scopedLive("migrates one that is empty, also where two hosts do at the same time", () =>
    Effect.gen(function* () {
      const database = yield* emptyDatabase
      yield* Effect.all([open(database), open(database)], { concurrency: 2 })
      yield* open(database)
      expect(yield* database.query(versions)).toHaveLength(STEPS.length)
    })
  )

  const nextStep = (oldest: number) => `INSERT INTO schema_version VALUES (${STEPS.length + 1}, ${oldest})`

  it.scopedLive("goes on with what a newer host has migrated, if this one can work on it", () =>
    Effect.gen(function* () {
      const database = yield* migratedDatabase
      yield* database.query(nextStep(STEPS.length))
      yield* open(database)
      expect(yield* database.query(versions)).toHaveLength(STEPS.length + 1)
    })
  )

  it.scopedLive("refuses what this program is too old for", () =>
    Effect.gen(function* () {
      const database = yield* migratedDatabase
      yield* database.query(nextStep(STEPS.length + 1))
      expect(yield* Effect.flip(open(database))).toMatchObject({
        _tag: "StoreUnavailable",
        trouble: "newer",
        detail: expect.stringContaining(`this one knows ${STEPS.length}`)
      })
    })
  )
})
