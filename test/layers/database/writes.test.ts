import { expect, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as Step from "../../../src/layers/database/Step.ts"
import { database, describe } from "../../support/databases.ts"

describe("what is written", () => {
  type Store = Database["Type"]
  const insert = ({ prepare }: Store, account: string) =>
    prepare("INSERT INTO cursors (account_id, row_id, baseline_at) VALUES (?, 1, NULL)").run(account)
  const accounts = Effect.flatMap(Database, ({ prepare, read }) =>
    read(() =>
      Step.map(
        prepare<{ readonly account_id: string }>("SELECT account_id FROM cursors ORDER BY account_id").all(),
        (rows) => rows.map(({ account_id }) => account_id)
      )
    )
  )
  it.effect("is there when it is done, with what it answers", () =>
    Effect.gen(function* () {
      const store = yield* Database
      expect(yield* store.write(() => insert(store, "a"))).toMatchObject({ changes: 1 })
      expect(yield* accounts).toEqual(["a"])
    }).pipe(Effect.provide(database))
  )

  it.effect("is all undone where a part of it fails", () =>
    Effect.gen(function* () {
      const store = yield* Database
      const failed = store.write(function* () {
        yield* insert(store, "a")
        yield* insert(store, "a")
      })
      expect(yield* Effect.flip(failed)).toMatchObject({ _tag: "StoreUnavailable" })
      expect(yield* accounts).toEqual([])
    }).pipe(Effect.provide(database))
  )

  it.effect("in the same moment is written in order, and each gets its own answer", () =>
    Effect.gen(function* () {
      const store = yield* Database
      const add = store.prepare<{ readonly row_id: number }>(
        "INSERT INTO cursors (account_id, row_id) SELECT CAST(? AS TEXT), count(*) FROM cursors RETURNING row_id"
      )
      const names = Array.from({ length: 20 }, (_, at) => `account-${at}`)
      const places = yield* Effect.forEach(
        names,
        (name) => store.write(() => Step.map(add.get(name), (row) => row?.row_id)),
        { concurrency: "unbounded" }
      )
      expect(places).toEqual(names.map((_, at) => at))
    }).pipe(Effect.provide(database))
  )

  it.effect("in the same moment as something that fails is written all the same", () =>
    Effect.gen(function* () {
      const store = yield* Database
      const outcomes = yield* Effect.forEach(
        ["a", "b", "a", "c"],
        (account) => Effect.either(store.write(() => insert(store, account))),
        { concurrency: "unbounded" }
      )
      expect(outcomes.map(Either.isRight)).toEqual([true, true, false, true])
      expect(yield* accounts).toEqual(["a", "b", "c"])
    }).pipe(Effect.provide(database))
  )
})
