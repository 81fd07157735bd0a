/** How often what was decided, of all that the store knows. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as DecisionsSql from "../../../src/layers/decisions/DecisionsSql.ts"
import { Decisions } from "../../../src/services/Decisions.ts"
import { database, describe } from "../../support/databases.ts"

const services = Layer.provideMerge(DecisionsSql.layer, database)

const turn = { agentId: "main", endedAt: 1, durationMs: 1 }

describe("the counts of decisions", () => {
  it.effect("are those of rows by their fate, and of turns by how they ended, each account by itself", () =>
    Effect.gen(function* () {
      const decisions = yield* Decisions
      const database = yield* Database
      const decide = database.prepare(
        "INSERT INTO decisions (account_id, row_id, guid, at, fate) VALUES (?, ?, 'g', 1, ?)"
      )
      yield* database.write(function* () {
        yield* decide.run("bot", 1, "dm-open")
        yield* decide.run("bot", 2, "dm-open")
        yield* decide.run("bot", 3, "echo")
        yield* decide.run("other", 1, "echo")
      })
      yield* decisions.turnEnded("bot", { ...turn, id: "one", outcome: "answered" })
      yield* decisions.turnEnded("bot", { ...turn, id: "two", outcome: "failed", code: "agent_failed" })
      expect(yield* decisions.counts).toEqual([
        { account: "bot", what: "dm-open", count: 2 },
        { account: "bot", what: "echo", count: 1 },
        { account: "bot", what: "turn:answered", count: 1 },
        { account: "bot", what: "turn:failed agent_failed", count: 1 },
        { account: "other", what: "echo", count: 1 }
      ])
    }).pipe(Effect.provide(services))
  )
})
