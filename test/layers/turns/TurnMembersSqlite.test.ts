import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Database from "../../../src/layers/sqlite/Database.ts"
import * as TurnMembersSqlite from "../../../src/layers/turns/TurnMembersSqlite.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"

const store = TurnMembersSqlite.layer.pipe(Layer.provideMerge(Database.memory))

/** Runs a statement on the store itself. */
const onStore = <Row>(use: (database: Database.Database["Type"]) => Row) =>
  Effect.flatMap(Database.Database, (database) => database.read(() => use(database)))

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
