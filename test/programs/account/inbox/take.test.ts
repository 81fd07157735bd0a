/** What is done with rows: judged in order, or remembered as unripe, and the position behind both. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Option, Ref, TestClock } from "effect"
import * as PositionsSql from "../../../../src/layers/inbox/PositionsSql.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import type { CompleteRow } from "../../../../src/programs/account/inbox/completeRow.ts"
import { NOT_YET } from "../../../../src/programs/account/inbox/judged.ts"
import type { RowJudge } from "../../../../src/programs/account/inbox/judgeRow.ts"
import { begin, doneUpTo, stored } from "../../../../src/programs/account/inbox/position.ts"
import { makeTakeRows } from "../../../../src/programs/account/inbox/take.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { NO_LANDMARKS } from "../../../../src/schemas/Landmark.ts"
import { Accounts } from "../../../../src/services/Accounts.ts"
import { accountsOf } from "../../../support/accounts.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"

const services = Layer.merge(accountsOf(), PositionsSql.layer.pipe(Layer.provide(DatabaseSqlite.memory)))

const row = (id: number, more: Partial<ImsgMessage> = {}) => makeMessage({ id, is_group: false, ...more })
const photo = (id: number, missing: boolean, more: Partial<ImsgMessage> = {}) =>
  row(id, { attachments: [{ filename: "IMG.heic", missing }], ...more })

/** Takes rows over an account at 10. `own` are rows that turn out to be the gateway's own words. */
const taking = (own: ReadonlyArray<number> = [], complete: CompleteRow = Effect.succeed) =>
  Effect.gen(function* () {
    const context = yield* AccountContext.make(makeAccount({ includeAttachments: true }))
    yield* begin(context, { rowId: 10, baselineAt: undefined }, NO_LANDMARKS)
    const judged = yield* Ref.make<ReadonlyArray<number>>([])
    const noticed = yield* Ref.make<ReadonlyArray<number>>([])
    const rowJudge: RowJudge = {
      notice: ({ id }) => Ref.update(noticed, (all) => [...all, id]),
      judge: ({ id }, isLast) =>
        own.includes(id) && !isLast
          ? Effect.succeed(NOT_YET)
          : Effect.as(
              Ref.update(judged, (all) => [...all, id]),
              "dm-allowlisted" as const
            ),
      foresee: () => Effect.succeedNone
    }
    const take = yield* makeTakeRows(context, complete, rowJudge)
    return {
      context,
      take,
      /** Takes what a look for the row 11 found. */
      again: (...found: ReadonlyArray<ImsgMessage>) =>
        Effect.flatMap(Clock.currentTimeMillis, (at) =>
          take(found, { look: { guids: new Set(["guid-11"]), folded: new Set(), at } })
        ),
      judged: Ref.get(judged),
      noticed: Ref.get(noticed),
      at: Effect.map(Ref.get(context.position), ({ cursor, unripe }) => ({
        cursor,
        unripe: unripe.map(({ rowId }) => rowId)
      })),
      /** The rowids that a restart would know as unripe. */
      written: Effect.map(stored(context), (found) =>
        Option.getOrThrow(found).unripe.map(({ rowId }) => rowId)
      )
    }
  })

const test = <A, E>(effect: Effect.Effect<A, E, Layer.Layer.Success<typeof services>>) =>
  Effect.provide(effect, services)

describe("rows that are taken", () => {
  it.effect("are judged in the order of their rowids, and the cursor is behind them", () =>
    test(
      Effect.gen(function* () {
        const { at, judged, take } = yield* taking()
        yield* take([row(12), row(11)], { upTo: 14 })
        expect(yield* judged).toEqual([11, 12])
        expect(yield* at).toEqual({ cursor: 14, unripe: [] })
        const status = Option.getOrThrow(yield* (yield* Accounts).get("default"))
        expect(status).toMatchObject({ cursor: 14, fates: { "dm-allowlisted": 2 } })
      })
    )
  )

  it.effect("wait, written down with the cursor, where they are not ripe; others go on", () =>
    test(
      Effect.gen(function* () {
        const { again, at, context, judged, noticed, take, written } = yield* taking()
        yield* take([photo(11, true), row(12), row(13, { chat_id: 8, sender: "+15555550102" })])
        expect(yield* judged).toEqual([13])
        expect(yield* at).toEqual({ cursor: 13, unripe: [11, 12] })
        expect(yield* written).toEqual([11, 12])
        const { waitingRows } = Option.getOrThrow(yield* (yield* Accounts).get("default"))
        expect(waitingRows).toBe(2)
        expect(doneUpTo(yield* Ref.get(context.position))).toBe(10)
        yield* again(photo(11, true))
        expect(yield* judged).toEqual([13])
        yield* again(photo(11, false))
        expect(yield* judged).toEqual([13, 11, 12])
        expect(yield* noticed).toEqual([11, 12, 13])
        expect(yield* written).toEqual([])
      })
    )
  )

  it.effect("are judged as they are once their time is over", () =>
    test(
      Effect.gen(function* () {
        const { again, judged, take } = yield* taking()
        yield* take([photo(11, true)])
        yield* TestClock.adjust("9999 millis")
        yield* again()
        expect(yield* judged).toEqual([])
        yield* TestClock.adjust("1 millis")
        yield* again()
        expect(yield* judged).toEqual([11])
      })
    )
  )

  it.effect("wait no longer where the clock is set back meanwhile", () =>
    test(
      Effect.gen(function* () {
        const { again, judged, take } = yield* taking()
        yield* TestClock.setTime(3_600_000)
        yield* take([photo(11, true)])
        yield* TestClock.setTime(0)
        yield* again()
        yield* TestClock.setTime(10_000)
        yield* again()
        expect(yield* judged).toEqual([11])
      })
    )
  )

  it.effect("may be the gateway's own words: then they wait a little, with what comes after them", () =>
    test(
      Effect.gen(function* () {
        const { again, at, judged, take } = yield* taking([11])
        yield* take([row(11), row(12), row(13, { is_from_me: true })])
        expect(yield* judged).toEqual([13])
        expect(yield* at).toEqual({ cursor: 13, unripe: [11, 12] })
        yield* TestClock.adjust("1 second")
        yield* again(row(11, { is_from_me: true }))
        yield* TestClock.adjust("1 second")
        yield* again()
        expect(yield* judged).toEqual([13, 11, 12])
      })
    )
  )

  it.effect("are not judged at the end of their time by what was read before, but by a look after it", () =>
    test(
      Effect.gen(function* () {
        const { again, context, judged, take } = yield* taking([12])
        yield* take([row(11, { chat_id: 0, chat_guid: "", chat_identifier: "" }), row(12)])
        yield* TestClock.adjust("1 minute")
        // A child begins after a long pause, or rows of another chat come.
        yield* take([row(13, { chat_id: 8, sender: "+15555550102" })])
        expect(yield* judged).toEqual([13])
        yield* again(row(11))
        expect(yield* judged).toEqual([13, 11])
        // What waited for another is not old by itself: it may turn out to be one's own.
        expect((yield* Ref.get(context.position)).unripe).toMatchObject([{ rowId: 12, lack: "flags" }])
      })
    )
  )

  it.effect("are noticed once more where it turns out late that they are one's own", () =>
    test(
      Effect.gen(function* () {
        const { again, noticed, take } = yield* taking([11])
        yield* take([row(11)])
        yield* again(row(11))
        expect(yield* noticed).toEqual([11])
        yield* again(row(11, { is_from_me: true }))
        expect(yield* noticed).toEqual([11, 11])
      })
    )
  )

  it.effect("are no messages where they come as the preview of another, and hold up nobody", () =>
    test(
      Effect.gen(function* () {
        const { at, judged, take } = yield* taking()
        yield* take([photo(11, true), row(12)])
        yield* take([], { look: { guids: new Set(), folded: new Set(["guid-11"]), at: 0 } })
        expect(yield* judged).toEqual([12])
        expect(yield* at).toEqual({ cursor: 12, unripe: [] })
      })
    )
  )

  it.effect("are gone where they were waited for in vain, after a restart", () =>
    test(
      Effect.gen(function* () {
        const { again, at, context, judged, take, written } = yield* taking()
        yield* take([photo(11, true)])
        yield* Ref.update(context.position, (before) => ({ ...before, unripe: [] }))
        expect(yield* written).toEqual([11])
        yield* TestClock.adjust("1 minute")
        yield* take([row(20)])
        // Its time is over, and it was not looked for yet: it holds up its chat until then.
        expect(yield* at).toEqual({ cursor: 20, unripe: [11, 20] })
        yield* again()
        expect(yield* judged).toEqual([20])
        expect(yield* written).toEqual([])
      })
    )
  )

  it.effect("of which the child cannot say the chat fail it in the end, and hold up nobody until then", () =>
    test(
      Effect.gen(function* () {
        const failure = new RpcFailed({ method: "chats.list", rpcCode: -32603, reason: "internal" })
        const { again, at, judged, take } = yield* taking([], (one) =>
          one.is_group === undefined ? Effect.fail(failure) : Effect.succeed(one)
        )
        yield* take([makeMessage({ id: 11 }), row(12, { chat_id: 8, sender: "+15555550102" })])
        expect(yield* judged).toEqual([12])
        yield* TestClock.adjust("10 seconds")
        const error = yield* Effect.flip(again(makeMessage({ id: 11 })))
        expect(error).toEqual(failure)
        expect(yield* judged).toEqual([12])
        expect(yield* at).toEqual({ cursor: 12, unripe: [11] })
      })
    )
  )
})
