/** A store of one process while it is carried over. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Ref } from "effect"
import { carryOver, findIn, holdStill } from "../../../../src/layers/cluster/carryOver/carryOver.ts"
import { Database } from "../../../../src/layers/database/Database.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import { withSqlite } from "../../../support/sqliteFile.ts"
import { makeStores, type Store } from "./stores.ts"

describe("what is carried over", () => {
  it.scopedLive("is held as it is, until it is over", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/gateway.db`
      const from = yield* Effect.map(Layer.build(DatabaseSqlite.layer(file)), Context.get(Database))
      // A command of the former config.
      const write = withSqlite(file, (other) =>
        other.exec("INSERT INTO cursors (account_id, row_id) VALUES ('a', 1)")
      )
      const during = yield* Effect.scoped(Effect.zipRight(holdStill(from), Effect.exit(write)))
      expect(Exit.isFailure(during) && String(during.cause)).toContain("database is locked")
      yield* write
      expect((yield* findIn(from)).rows.cursors).toBe(1)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("goes to the server in statements that are not too long for it", () =>
    Effect.gen(function* () {
      const { from, into } = yield* makeStores
      const long = "x".repeat(700_000)
      const add = from.prepare(
        "INSERT INTO exchanges (conversation, turn_id, asked, answered, at, bytes) VALUES (1, ?, 'a', ?, 1, 1)"
      )
      yield* from.write(function* () {
        for (const turn of ["one", "two", "three", "four", "five"]) yield* add.run(turn, long)
      })
      const lengths: Array<number> = []
      const recorded: Store = {
        ...into,
        prepare: <Row = never>(sql: string) => {
          const statement = into.prepare<Row>(sql)
          if (!sql.includes("INSERT INTO exchanges")) return statement
          return {
            ...statement,
            run: (...bound) => {
              lengths.push(String(bound[0]).length)
              return statement.run(...bound)
            }
          }
        }
      }
      yield* carryOver(from, recorded)
      expect(lengths.map((length) => Math.floor(length / 700_000))).toEqual([2, 2, 1])
      expect((yield* findIn(into)).rows.exchanges).toBe(5)
    })
  )

  /** Interrupts it when it comes to a table; answers what is told within what cannot be interrupted. */
  const stoppedAt = (table: string, from: Store, into: Store) =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      const told = yield* Ref.make<unknown>("nothing")
      const watched: Store = {
        ...from,
        prepare: <Row = never>(sql: string) => {
          if (sql.includes(`FROM ${table} AS`)) Deferred.unsafeDone(reached, Effect.void)
          return from.prepare<Row>(sql)
        }
      }
      const carrying = yield* Effect.fork(
        Effect.uninterruptible(Effect.flatMap(carryOver(watched, into), (rows) => Ref.set(told, rows)))
      )
      yield* Deferred.await(reached)
      expect(Exit.isInterrupted(yield* Fiber.interrupt(carrying))).toBe(true)
      return yield* Ref.get(told)
    })
  const addCursor = ({ prepare, write }: Store) =>
    write(() => prepare("INSERT INTO cursors (account_id, row_id) VALUES ('a', 1)").run())

  it.scopedLive("is nothing where it was stopped in its middle", () =>
    Effect.gen(function* () {
      const { from, into } = yield* makeStores
      yield* addCursor(from)
      expect(yield* stoppedAt("cursors", from, into)).toBe("nothing")
      expect((yield* findIn(into)).rows.cursors).toBe(0)
      expect(yield* carryOver(from, into)).toEqual((yield* findIn(from)).rows)
    })
  )

  it.scopedLive("is told of where all of it was there when it was stopped", () =>
    Effect.gen(function* () {
      const { from, into } = yield* makeStores
      yield* addCursor(from)
      // The last of the tables is empty, and nothing is waited for before it is committed.
      expect(yield* stoppedAt("audit", from, into)).toMatchObject({ cursors: 1, audit: 0 })
      expect((yield* findIn(into)).rows.cursors).toBe(1)
    })
  )
})
