import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as TurnMembersSql from "../../../src/layers/turns/TurnMembersSql.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"
import { database, describe } from "../../support/databases.ts"

const store = TurnMembersSql.layer.pipe(Layer.provideMerge(database))

describe("what is asked of a store that is broken", () => {
  it.effect("fails with what is wrong, and where", () =>
    Effect.gen(function* () {
      const { isShared, prepare, write } = yield* Database
      const { turnOf } = yield* TurnMembers
      yield* write(() => prepare("DROP TABLE turn_members").run())
      expect(yield* Effect.flip(turnOf("default:g"))).toMatchObject(
        isShared
          ? {
              _tag: "StoreUnavailable",
              file: expect.stringMatching(/^127\.0\.0\.1:\d+\/\w+$/u),
              detail: 'relation "turn_members" does not exist'
            }
          : { _tag: "StoreUnavailable", file: ":memory:", detail: "no such table: turn_members" }
      )
    }).pipe(Effect.provide(store))
  )
})
