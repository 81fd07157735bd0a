import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as JournalSqlite from "../../../src/layers/journal/JournalSqlite.ts"
import * as Database from "../../../src/layers/sqlite/Database.ts"
import { Journal } from "../../../src/services/Journal.ts"

const journal = JournalSqlite.layer.pipe(Layer.provideMerge(Database.memory))

/** Runs a statement on the store itself. */
const onStore = <Row>(use: (database: Database.Database["Type"]) => Row) =>
  Effect.flatMap(Database.Database, (database) => database.read(() => use(database)))

describe("a journal whose store is broken", () => {
  const broken = (sql: string) => onStore(({ prepare }) => prepare(sql).run())

  it.effect("says so, and which file it is", () =>
    Effect.gen(function* () {
      const { turnOf } = yield* Journal
      yield* broken("DROP TABLE turn_members")
      const error = yield* Effect.flip(turnOf("default:g"))
      expect(error).toMatchObject({
        _tag: "StoreUnavailable",
        file: ":memory:",
        detail: "no such table: turn_members"
      })
    }).pipe(Effect.provide(journal))
  )
})
