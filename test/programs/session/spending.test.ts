/** Whose budget a turn is counted by. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as BudgetSql from "../../../src/layers/limits/BudgetSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { makeSpending } from "../../../src/programs/session/spending.ts"
import { Budget } from "../../../src/services/Budget.ts"
import { events } from "../../support/accounts.ts"
import { configLayer } from "../../support/configs.ts"
import { ALICE, BOB, makeEnvelope } from "../../support/envelopes.ts"

const services = BudgetSql.layer.pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      DatabaseSqlite.memory,
      events,
      configLayer({
        people: { sam: [ALICE, "sam@example.com"] },
        messages: { budget: { turns: 1 } }
      })
    )
  )
)

describe("the budget of turns", () => {
  it.effect("is one for all handles of a person, and another's own", () =>
    Effect.gen(function* () {
      const { mayBegin } = yield* makeSpending
      const asks = (id: string, sender: string) =>
        mayBegin(id, [{ agentId: "main", isGroup: false, envelope: makeEnvelope({ sender }) }])
      expect(yield* asks("one", ALICE)).toBe(true)
      expect(yield* asks("two", "sam@example.com")).toBe(false)
      expect(yield* asks("three", BOB)).toBe(true)
      expect(yield* (yield* Budget).exceeded).toMatchObject([{ budget: "turns", subject: "sam", dropped: 1 }])
    }).pipe(Effect.provide(services))
  )
})
