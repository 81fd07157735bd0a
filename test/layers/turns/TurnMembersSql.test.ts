import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import type { Step } from "../../../src/layers/database/Step.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as TurnMembersSql from "../../../src/layers/turns/TurnMembersSql.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"

const store = TurnMembersSql.layer.pipe(Layer.provideMerge(DatabaseSqlite.memory))

/** Runs a statement on the store itself. */
const onStore = <A>(use: (database: Database["Type"]) => Step<A>) =>
  Effect.flatMap(Database, (database) => database.read(() => use(database)))

describe("what is asked of a store that is broken", () => {
  const broken = (sql: string) => onStore(({ prepare }) => prepare(sql).run())

  it.effect("fails with what is wrong, and which file it is", () =>
    Effect.gen(function* () {
      const { turnOf } = yield* TurnMembers
      yield* broken("DROP TABLE turn_members")
      const error = yield* Effect.flip(turnOf("default:g"))
      expect(error).toMatchObject({
        _tag: "StoreUnavailable",
        file: ":memory:",
        detail: "no such table: turn_members"
      })
    }).pipe(Effect.provide(store))
  )
})
