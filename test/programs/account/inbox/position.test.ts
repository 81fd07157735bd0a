/** Where an account is: in the store, and as it is known in the process. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Ref } from "effect"
import * as PositionsSql from "../../../../src/layers/inbox/PositionsSql.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { advance, begin, stored } from "../../../../src/programs/account/inbox/position.ts"
import type { Waiting } from "../../../../src/programs/account/inbox/unripe.ts"
import { NO_LANDMARKS } from "../../../../src/schemas/Landmark.ts"
import { Positions } from "../../../../src/services/Positions.ts"
import { accountsOf } from "../../../support/accounts.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"

const services = Layer.merge(accountsOf(), PositionsSql.layer.pipe(Layer.provide(DatabaseSqlite.memory)))

const waiting = (rowId: number, guid = `guid-${rowId}`): Waiting => ({
  rowId,
  guid,
  until: 10_000,
  row: makeMessage({ id: rowId, guid }),
  lack: "file"
})

const atTen = Effect.gen(function* () {
  const context = yield* AccountContext.make(makeAccount())
  yield* begin(context, { rowId: 10, baselineAt: undefined }, NO_LANDMARKS)
  yield* advance(context, { unripe: [waiting(5)] })
  const known = Effect.map(Ref.get(context.position), ({ cursor, unripe }) => [cursor, unripe.length])
  const written = Effect.map(
    Effect.flatMap(Positions, ({ get }) => get("default")),
    (found) => {
      const { cursor, unripe } = Option.getOrThrow(found)
      return [cursor.rowId, unripe.length]
    }
  )
  return { context, known, written }
})

/** Begins an effect, and ends it while its write is under way. */
const cutShort = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* Effect.yieldNow()
    yield* Fiber.interrupt(fiber)
  })

describe("a position", () => {
  it.effect("is known as it was written, where the child ends meanwhile", () =>
    Effect.gen(function* () {
      const { context, known, written } = yield* atTen
      yield* cutShort(advance(context, { upTo: 20, unripe: [waiting(5), waiting(20)] }))
      expect(yield* known).toEqual([20, 2])
      expect(yield* written).toEqual([20, 2])
      yield* cutShort(begin(context, { rowId: 3, baselineAt: undefined }, NO_LANDMARKS))
      expect(yield* known).toEqual([3, 0])
      expect(yield* written).toEqual([3, 0])
    }).pipe(Effect.provide(services))
  )

  it.effect("has the rows that the store has, and of these what the process knows", () =>
    Effect.gen(function* () {
      const { context } = yield* atTen
      yield* advance(context, { upTo: 20, unripe: [waiting(5), waiting(20)] })
      const others = [{ ...waiting(5), lack: "joins" as const }, waiting(20, "other"), waiting(9)]
      yield* Ref.update(context.position, (before) => ({ ...before, unripe: others }))
      yield* stored(context)
      expect((yield* Ref.get(context.position)).unripe).toMatchObject([
        { rowId: 5, lack: "joins", row: { id: 5 } },
        { rowId: 20, guid: "guid-20", lack: "row", row: undefined }
      ])
    }).pipe(Effect.provide(services))
  )
})
