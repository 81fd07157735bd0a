import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref } from "effect"
import * as AccountContext from "../../../src/programs/account/AccountContext.ts"
import { catchUp } from "../../../src/programs/account/catchUp.ts"
import type { TakeRows } from "../../../src/programs/account/rows.ts"
import { ResponseTooLong } from "../../../src/schemas/errors/imsg.ts"
import { makeAccount } from "../../support/configs.ts"
import { makeMessage } from "../../support/envelopes.ts"
import { makeChild } from "../../support/fakeImsg.ts"

/**
 * Catches up over rows of some lengths, with a child whose responses may not be longer than 100 in all. Rows that are
 * `odd` do not decode.
 */
const caughtUp = (lengths: Readonly<Record<number, number>>, odd: ReadonlyArray<number> = []) =>
  Effect.gen(function* () {
    const ids = Object.keys(lengths).map(Number)
    const lengthOf = (rows: ReadonlyArray<number>) => rows.reduce((sum, id) => sum + (lengths[id] ?? 0), 0)
    const { asked, session } = yield* makeChild({
      methods: ["messages.after"],
      answer: ({ method, params }) => {
        const { limit = 0, since_rowid = 0 }: Readonly<Record<string, number>> = { ...params }
        const after = ids.filter((id) => id > since_rowid)
        const rows = after.slice(0, limit)
        return lengthOf(rows) > 100
          ? Effect.fail(new ResponseTooLong({ method, limitBytes: 100 }))
          : Effect.succeed({
              messages: rows.map((id) => (odd.includes(id) ? { id } : makeMessage({ id }))),
              next_rowid: rows.at(-1) ?? since_rowid,
              has_more: after.length > rows.length
            })
      }
    })
    const context = yield* AccountContext.make(makeAccount({}))
    yield* Ref.set(context.reached, 10)
    const taken = yield* Ref.make<ReadonlyArray<number>>([])
    const passedOver = yield* Ref.make<ReadonlyArray<number>>([])
    const takeRows: TakeRows = (rows, { unreadable = 0, upTo = 0 } = {}) =>
      Effect.gen(function* () {
        yield* Ref.update(taken, (before) => [...before, ...rows.map(({ id }) => id)])
        if (unreadable > 0) yield* Ref.update(passedOver, (before) => [...before, upTo])
        yield* Ref.set(context.reached, Math.max(upTo, ...rows.map(({ id }) => id)))
      })
    yield* catchUp(context, session, takeRows)
    return {
      taken: yield* Ref.get(taken),
      passedOver: yield* Ref.get(passedOver),
      requests: (yield* asked).length
    }
  })

const rowsOf = (from: number, count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [from + at, length]))

describe("what was missed", () => {
  it.effect("is fetched in smaller pages where messages are long, and in larger ones behind them", () =>
    Effect.gen(function* () {
      const lengths = { ...rowsOf(11, 20, 30), ...rowsOf(31, 200, 0.1) }
      const { passedOver, requests, taken } = yield* caughtUp(lengths)
      expect(taken).toEqual(Object.keys(lengths).map(Number))
      expect(passedOver).toEqual([])
      expect(requests).toBeLessThan(40)
    })
  )

  it.effect("is fetched but for a message that is too long alone, which is named", () =>
    Effect.gen(function* () {
      const { passedOver, taken } = yield* caughtUp({ 11: 1, 12: 60, 15: 101, 16: 1, 20: 500 })
      expect(taken).toEqual([11, 12, 16])
      expect(passedOver).toEqual([15, 20])
    })
  )

  it.effect("is taken but for rows that do not decode, which are counted", () =>
    Effect.gen(function* () {
      const { passedOver, taken } = yield* caughtUp({ 11: 1, 12: 1, 13: 1, 14: 1 }, [12, 14])
      expect(taken).toEqual([11, 13])
      expect(passedOver).toEqual([14])
    })
  )
})
