/** A store of one process, in a file, carried over into the database of a cluster. */
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect, Layer } from "effect"
import { carryOver, findIn, mayBegin } from "../../../../src/layers/cluster/carryOver/carryOver.ts"
import { CARRIED, LEFT } from "../../../../src/layers/cluster/carryOver/tables.ts"
import * as ConversationsSql from "../../../../src/layers/conversations/ConversationsSql.ts"
import { Database } from "../../../../src/layers/database/Database.ts"
import * as PairingStoreSql from "../../../../src/layers/pairing/PairingStoreSql.ts"
import * as AccessTokensSql from "../../../../src/layers/web/AccessTokensSql.ts"
import { AccessTokens } from "../../../../src/services/AccessTokens.ts"
import type { Conversations } from "../../../../src/services/Conversations.ts"
import { PairingStore } from "../../../../src/services/PairingStore.ts"
import { configLayer } from "../../../support/configs.ts"
import { person, say, turnsOf } from "../../../support/conversations.ts"
import { codeOf, isApproved } from "../../../support/pairing.ts"
import { planOf } from "../../../support/queryPlans.ts"
import { saveMessages } from "../../../support/storedMessages.ts"
import { makeStores, type Store } from "./stores.ts"

const TABLES = CARRIED.map(({ table }) => table)

/** What the stores make of a database. */
const on = <A, E, R>(
  store: Store,
  asked: Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, AccessTokens | Conversations | Database | PairingStore>> =>
  Effect.provide(
    asked,
    Layer.mergeAll(AccessTokensSql.layer, PairingStoreSql.layer, ConversationsSql.layer).pipe(
      Layer.provideMerge(Layer.succeed(Database, store)),
      Layer.provide(configLayer())
    )
  )

/** What the tables let stand in a column, where that is not anything. */
const ALLOWED: Readonly<Record<string, string>> = {
  "conversations.kind": "'person'",
  "dead_letters.kind": "'turn'",
  "dead_letters.status": "'dead'",
  "mailbox.kind": "'Request'",
  "outbox.place": "'ended'",
  "parts.state": "'Sent'",
  "turn_ends.outcome": "'silent'"
}
/** Of one row. */
const SINGLE = "first_account"
/** More than a page, so that each table is read page by page, and in numbers whose texts have another order. */
const ROWS = 450

interface Column {
  readonly name: string
  readonly type: string
}

/** Fills every table with rows whose values are as odd as their columns let them be. */
const fill = ({ prepare, write }: Store, rows = ROWS) => {
  const columnsOf = prepare<Column>("SELECT name, type FROM pragma_table_info(?)")
  return write(function* () {
    for (const table of TABLES) {
      const columns = yield* columnsOf.all(table)
      const values = columns.map(({ name, type }) => {
        const allowed = ALLOWED[`${table}.${name}`]
        if (allowed !== undefined) return allowed
        if (table === SINGLE && name === "only_one") return "1"
        return type === "INTEGER"
          ? "9007199254740000 + n * 3"
          : `'{"of":"${name} \\u0000 \\ud83d é😀''"} ' || n`
      })
      yield* prepare(`
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
        INSERT INTO ${table} (${columns.map(({ name }) => name).join(", ")})
        SELECT ${values.join(", ")} FROM numbers`).run(table === SINGLE ? 1 : rows)
    }
  })
}

/** All rows of a table, each as a text; a number is written as such in both. */
const rowsOf = ({ prepare, read }: Store, table: string, columns: ReadonlyArray<string>) => {
  const all = prepare<Readonly<Record<string, string | null>>>(
    `SELECT ${columns.map((name) => `CAST(${name} AS TEXT) AS ${name}`).join(", ")} FROM ${table}`
  )
  return Effect.map(
    read(() => all.all()),
    (rows) => rows.map((row) => JSON.stringify(columns.map((name) => row[name]))).sort()
  )
}

const columnNames = ({ prepare, read }: Store, table: string) =>
  Effect.map(
    read(() => prepare<Column>("SELECT name, type FROM pragma_table_info(?)").all(table)),
    Arr.map(({ name }) => name)
  )

const isEmpty = (store: Store) =>
  Effect.map(findIn(store), ({ rows }) => Object.values(rows).every((count) => count === 0))

describe("the tables", () => {
  it.scopedLive("are each carried over, or left for a reason", () =>
    Effect.gen(function* () {
      const { from, server } = yield* makeStores
      const ofFile = yield* from.read(() =>
        from
          .prepare<Pick<Column, "name">>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY name"
          )
          .all()
      )
      const ofServer = yield* server.query<Pick<Column, "name">>(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
      )
      const names = (rows: ReadonlyArray<Pick<Column, "name">>) => rows.map(({ name }) => name).sort()
      expect([...TABLES].sort()).toEqual(names(ofFile))
      expect([...TABLES, ...Object.keys(LEFT)].sort()).toEqual(names(ofServer))
    })
  )
})

describe("what is carried over", () => {
  it.scopedLive("is every row of every table, as it was", () =>
    Effect.gen(function* () {
      const { from, into, server } = yield* makeStores
      yield* fill(from)
      const counts = yield* carryOver(from, into)
      for (const table of TABLES) {
        const columns = yield* columnNames(from, table)
        const rows = yield* rowsOf(from, table, columns)
        expect(counts[table]).toBe(rows.length)
        expect(yield* rowsOf(into, table, columns)).toEqual(rows)
      }
      // What numbers itself goes on behind what came.
      const numbered = yield* server.query<{ readonly table: string; readonly column: string }>(
        `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
         WHERE table_schema = 'public' AND is_identity = 'YES'`
      )
      expect(numbered.length).toBeGreaterThan(5)
      for (const { column, table } of numbered) {
        const [row] = yield* server.query<{ readonly isBehind: boolean }>(
          `SELECT nextval(pg_get_serial_sequence('${table}', '${column}')) = max(${column}) + 1 AS "isBehind" FROM ${table}`
        )
        expect({ table, ...row }).toEqual({ table, isBehind: true })
      }
    })
  )

  it.scopedLive(
    "is what the stores make of it: approvals, what agents remember, tokens, and their numbers",
    () =>
      Effect.gen(function* () {
        const { from, into } = yield* makeStores
        const ALEX = "+15555550123"
        yield* on(
          from,
          Effect.gen(function* () {
            const pairing = yield* PairingStore
            yield* pairing.approve(yield* codeOf(ALEX))
            yield* say(person(ALEX), "t1", "t2")
            const tokens = yield* AccessTokens
            yield* tokens.create("old", ["read"])
            const { number } = yield* tokens.create("older", ["read"])
            yield* tokens.revoke(number)
          })
        )
        yield* carryOver(from, into)
        yield* on(
          into,
          Effect.gen(function* () {
            expect(yield* isApproved("default", ALEX)).toBe(true)
            expect(yield* turnsOf(person(ALEX))).toEqual(["t1", "t2"])
            yield* say(person(ALEX), "t3")
            expect(yield* turnsOf(person(ALEX))).toEqual(["t1", "t2", "t3"])
            const tokens = yield* AccessTokens
            expect((yield* tokens.all).map(({ name, number }) => [name, number])).toEqual([["old", 1]])
            // A number that people were told is nobody else's.
            expect((yield* tokens.create("new", ["read"])).number).toBe(3)
          })
        )
      })
  )

  it.scopedLive("has no NUL in it, which a text of a server cannot hold", () =>
    Effect.gen(function* () {
      const { from, into } = yield* makeStores
      yield* from.write(() =>
        from
          .prepare(
            "INSERT INTO history (account_id, chat_id, row_id, guid, sender, text) VALUES (?, 1, 2, ?, ?, ?)"
          )
          .run("default", "g", "s", "a\0b \\u0000")
      )
      yield* carryOver(from, into)
      const textIn = ({ prepare, read }: Store) =>
        Effect.map(
          read(() => prepare<{ readonly text: string }>("SELECT text FROM history").all()),
          ([row]) => row?.text ?? ""
        )
      const written = yield* textIn(from)
      // Some versions of Node read a text of a file only up to it.
      expect(written).toMatch(/^a(?:\0b \\u0000)?$/u)
      expect(yield* textIn(into)).toBe(written.replaceAll("\0", "\uFFFD"))
    })
  )

  it.scopedLive("is all or nothing", () =>
    Effect.gen(function* () {
      const { from, into, server } = yield* makeStores
      yield* fill(from)
      yield* server.query(`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse()`)
      expect(yield* Effect.flip(carryOver(from, into))).toMatchObject({
        _tag: "StoreUnavailable",
        detail: "no"
      })
      expect(yield* isEmpty(into)).toBe(true)
      yield* server.query("DROP TRIGGER refuse ON audit")
      yield* carryOver(from, into)
      expect(yield* isEmpty(into)).toBe(false)
    })
  )

  it.scopedLive("is read by the keys of the tables, so that a page takes as long as the one before", () =>
    Effect.gen(function* () {
      const { from, into } = yield* makeStores
      const pages: Array<string> = []
      const recorded: Store = {
        ...from,
        prepare: <Row = never>(sql: string) => {
          if (sql.includes("WHERE (t.")) pages.push(sql)
          return from.prepare<Row>(sql)
        }
      }
      yield* carryOver(recorded, into)
      expect(pages).toHaveLength(TABLES.length)
      for (const sql of pages) {
        const key = /WHERE \(([^)]+)\)/u.exec(sql)?.[1]?.split(",") ?? []
        const plan = yield* on(from, planOf(sql))
        const places = plan.join("\n").match(/\?/gu) ?? []
        expect({ sql, steps: plan.length, places: places.length }).toEqual({
          sql,
          steps: 1,
          places: key.length
        })
      }
    })
  )

  it.scopedLive("is counted before, with what waits in it", () =>
    Effect.gen(function* () {
      const { from } = yield* makeStores
      yield* on(
        from,
        saveMessages([
          { actor: "Session", id: "done", savedAt: 1000, finishedAt: 2000 },
          { actor: "Session", id: "waits", savedAt: 1000 },
          { actor: "Account", id: "sent", savedAt: 1000, finishedAt: 2000 },
          { actor: "Account", id: "unsent", savedAt: 1000 }
        ])
      )
      yield* from.write(() =>
        from.prepare("INSERT INTO cursors (account_id, row_id) VALUES ('home', 7)").run()
      )
      expect(yield* findIn(from)).toMatchObject({
        accounts: ["home"],
        rows: { mailbox: 2, outbox: 2, cursors: 1, audit: 0 },
        waiting: { messages: 1, replies: 1 },
        withFiles: ["unsent"]
      })
    })
  )
})

describe("a database that has begun", () => {
  /** Something that stands against it, looked at before and within the write. */
  const refusedFor = (sql: string, expected: object) =>
    Effect.gen(function* () {
      const { from, into, server } = yield* makeStores
      yield* server.query(sql)
      yield* from.write(() =>
        from.prepare("INSERT INTO cursors (account_id, row_id) VALUES ('home', 7)").run()
      )
      const refusal = { _tag: "CarryOverRefused", ...expected }
      expect(yield* Effect.flip(mayBegin(into))).toMatchObject(refusal)
      expect(yield* Effect.flip(carryOver(from, into))).toMatchObject(refusal)
      expect(yield* server.query("SELECT 1 FROM cursors WHERE account_id = 'home'")).toEqual([])
    })
  const host = (stopped: string) =>
    `INSERT INTO hosts (name, address, version, pid, started_at, seen_at, clock_behind_ms, stopped_at)
     VALUES ('studio', '10.8.0.2:7300', '0.1.0', 1, 1, 1, 0, ${stopped})`

  it.scopedLive("is refused while there is anything in any of the tables", () =>
    Effect.gen(function* () {
      const { from, into } = yield* makeStores
      yield* fill(from, 1)
      // What a store can have, a database can.
      yield* carryOver(from, into)
      const left = CARRIED.map(({ holds, table }) => ({ table, what: holds ?? table }))
      while (left.length > 0) {
        const what = left.map((one) => one.what).join(", ")
        expect(yield* Effect.flip(mayBegin(into))).toMatchObject({ reason: "not-empty", what })
        const { table } = left.pop() ?? { table: "" }
        yield* into.write(() => into.prepare(`DELETE FROM ${table}`).run())
      }
      yield* mayBegin(into)
    })
  )

  it.scopedLive("is refused where there is something of another store", () =>
    refusedFor("INSERT INTO cursors (account_id, row_id) VALUES ('other', 1)", {
      reason: "not-empty",
      what: "positions of accounts"
    })
  )

  it.scopedLive("is refused where a host is up, or was lost and may wake up", () =>
    refusedFor(host("NULL"), { reason: "hosts-up", what: "studio" })
  )

  it.scopedLive("is taken where a host was stopped that wrote nothing", () =>
    Effect.gen(function* () {
      const { from, into, server } = yield* makeStores
      yield* server.query(host("2"))
      yield* carryOver(from, into)
    })
  )
})
