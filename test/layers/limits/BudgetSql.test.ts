/** What a person and a chat may cost in a day. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { layer } from "../../../src/layers/limits/BudgetSql.ts"
import { Budget, type CountedTurn } from "../../../src/services/Budget.ts"
import { database, describe } from "../../support/databases.ts"

const turn = (id: string, partial: Partial<CountedTurn> = {}): CountedTurn => ({
  id,
  accountId: "default",
  person: "+15555550101",
  chat: "chat_id:7",
  ...partial
})

const LIMITS = { turns: 2, parts: 10 }

const tested = (body: Effect.Effect<void, unknown, Budget>) =>
  Effect.provide(body, Layer.provide(layer, database))

/** Whether these turns may begin, one after the other. */
const begin = (turns: ReadonlyArray<CountedTurn>, limits = LIMITS) =>
  Effect.flatMap(Budget, (budget) =>
    Effect.forEach(turns, (one) => Effect.map(budget.begin(one, limits), (refusal) => refusal === undefined))
  )

describe("a budget of turns", () => {
  it.effect("is used up by one person alone, in whatever chat", () =>
    tested(
      Effect.gen(function* () {
        const [a, b, c] = [turn("a"), turn("b", { chat: "chat_id:8" }), turn("c")]
        expect(yield* begin([a, b, c])).toEqual([true, true, false])
        expect(yield* begin([turn("d", { person: "sam@example.com" })])).toEqual([true])
        expect(yield* begin([turn("e", { accountId: "other" })])).toEqual([true])
      })
    )
  )

  it.effect("counts a turn once, however often it is begun", () =>
    tested(
      Effect.gen(function* () {
        expect(yield* begin([turn("a"), turn("a"), turn("b"), turn("b")])).toEqual([true, true, true, true])
        expect(yield* begin([turn("c"), turn("a")])).toEqual([false, true])
      })
    )
  )

  it.effect("has room again a day after what was spent", () =>
    tested(
      Effect.gen(function* () {
        yield* begin([turn("a")])
        yield* TestClock.adjust("10 hours")
        expect(yield* begin([turn("b"), turn("c")])).toEqual([true, false])
        yield* TestClock.adjust("14 hours")
        expect(yield* begin([turn("d"), turn("e")])).toEqual([true, false])
      })
    )
  )

  it.effect("does not count what a clock that was ahead has written", () =>
    tested(
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2031, 0, 1))
        yield* begin([turn("a"), turn("b")])
        yield* TestClock.setTime(Date.UTC(2030, 0, 1))
        expect(yield* begin([turn("c"), turn("d"), turn("e")])).toEqual([true, true, false])
      })
    )
  )

  it.effect("of 0 is none, and counts nothing where both are", () =>
    tested(
      Effect.gen(function* () {
        const many = Array.from({ length: 20 }, (_, at) => turn(`${at}`))
        expect((yield* begin(many, { turns: 0, parts: 0 })).every((may) => may)).toBe(true)
        expect((yield* begin(many, { turns: 0, parts: 100 })).every((may) => may)).toBe(true)
        expect(yield* begin([turn("x")])).toEqual([false])
      })
    )
  )
})

describe("a budget of parts", () => {
  it.effect("is used up by one chat alone, whoever asked", () =>
    tested(
      Effect.gen(function* () {
        const budget = yield* Budget
        yield* begin([turn("a")])
        yield* budget.answered("a", 9)
        const b = turn("b", { person: "sam@example.com" })
        expect(yield* begin([b])).toEqual([true])
        expect(yield* begin([turn("c", { person: "ann@example.com" })])).toEqual([false])
        expect(yield* begin([turn("d", { chat: "chat_id:8" })])).toEqual([true])
      })
    )
  )
})

describe("a budget that is used up", () => {
  it.effect("is news once a day, and counts what was not begun", () =>
    tested(
      Effect.gen(function* () {
        const budget = yield* Budget
        const news = (id: string) => Effect.map(budget.begin(turn(id), LIMITS), (refusal) => refusal?.isNews)
        yield* begin([turn("a"), turn("b")])
        expect(yield* budget.exceeded).toEqual([])
        yield* TestClock.adjust("1 hour")
        expect([yield* news("c"), yield* news("d"), yield* news("e")]).toEqual([true, false, false])
        expect(yield* budget.exceeded).toEqual([
          { accountId: "default", budget: "turns", subject: "+15555550101", since: 3_600_000, dropped: 3 }
        ])
        yield* TestClock.adjust("24 hours")
        expect(yield* budget.exceeded).toEqual([])
        yield* begin([turn("f"), turn("g")])
        expect(yield* news("h")).toBe(true)
      })
    )
  )
})
