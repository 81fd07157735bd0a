import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref, TestClock } from "effect"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { byRowId, byWatch } from "../../../../src/programs/account/inbox/source.ts"
import type { TakeRows } from "../../../../src/programs/account/inbox/take.ts"
import type { Waiting } from "../../../../src/programs/account/inbox/unripe.ts"
import { ResponseTooLong, RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import type { Notification } from "../../../../src/schemas/ImsgProtocol.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

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
    const moveTo = (cursor: number) =>
      Ref.update(context.position, (before) => ({ ...before, cursor: Math.max(before.cursor, cursor) }))
    yield* moveTo(10)
    const taken = yield* Ref.make<ReadonlyArray<number>>([])
    const passedOver = yield* Ref.make<ReadonlyArray<number>>([])
    const takeRows: TakeRows = (rows, { unreadable = 0, upTo = 0 } = {}) =>
      Effect.gen(function* () {
        yield* Ref.update(taken, (before) => [...before, ...rows.map(({ id }) => id)])
        if (unreadable > 0) yield* Ref.update(passedOver, (before) => [...before, upTo])
        yield* moveTo(Math.max(upTo, ...rows.map(({ id }) => id)))
      })
    const source = yield* byRowId(context, session, takeRows)
    yield* source.catchUp
    expect(yield* source.read).toBe(false)
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
      expect(requests).toBeLessThan(41)
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

describe("so many rows that wait", () => {
  it.effect("keep others from being read, which stay behind the cursor until then", () =>
    Effect.gen(function* () {
      const child = yield* makeChild({
        methods: ["messages.after"],
        answer: () => Effect.succeed({ messages: [makeMessage({ id: 500 })], next_rowid: 500 })
      })
      const context = yield* AccountContext.make(makeAccount())
      const unripe = Array.from({ length: 101 }, (_, at): Waiting => {
        const row = makeMessage({ id: at + 1 })
        return { rowId: row.id, guid: row.guid, until: 0, row, lack: "chat" }
      })
      const waitFor = (rows: ReadonlyArray<Waiting>) =>
        Ref.update(context.position, (before) => ({ ...before, unripe: rows }))
      const source = yield* byRowId(context, child.session, () =>
        Ref.update(context.position, (before) => ({ ...before, cursor: 500 }))
      )
      yield* waitFor(unripe)
      expect(yield* source.read).toBe(false)
      expect(yield* child.asked).toEqual([])
      yield* waitFor(unripe.slice(1))
      expect(yield* source.read).toBe(true)
    })
  )
})

describe("rows that cannot be read or judged now", () => {
  const refused = new RpcFailed({ method: "chats.list", rpcCode: -32000, reason: "busy" })

  it.effect("are asked for again by their rowids", () =>
    Effect.gen(function* () {
      const tries = yield* Ref.make(0)
      const child = yield* makeChild({
        methods: ["messages.after"],
        answer: () =>
          Effect.flatMap(
            Ref.updateAndGet(tries, (count) => count + 1),
            (count) => (count < 3 ? Effect.fail(refused) : Effect.succeed({ messages: [], next_rowid: 0 }))
          )
      })
      const context = yield* AccountContext.make(makeAccount())
      const source = yield* byRowId(context, child.session, () => Effect.void)
      const reading = yield* Effect.fork(source.read)
      yield* TestClock.adjust("2 seconds")
      expect(yield* reading).toBe(false)
    })
  )

  it.effect("end the child of a build that announces them: the next batch must not pass them", () =>
    Effect.gen(function* () {
      const child = yield* makeChild()
      const context = yield* AccountContext.make(makeAccount())
      const tries = yield* Ref.make(0)
      const source = yield* byWatch(context, child.session, () =>
        Effect.zipRight(
          Ref.update(tries, (count) => count + 1),
          Effect.fail(refused)
        )
      )
      const announced = Array.from({ length: 40 }, (_, at): Notification => {
        return { method: "message", params: { message: makeMessage({ id: at + 1 }) } }
      })
      yield* source.heard(announced)
      const reading = yield* Effect.fork(Effect.flip(source.read))
      yield* TestClock.adjust("1 minute")
      expect(yield* reading).toEqual(refused)
      expect(yield* Ref.get(tries)).toBe(1)
    })
  )
})

describe("what a watch announces", () => {
  for (const { make, reads, what } of [
    { make: byRowId, reads: false, what: "is not read where rows are read by their rowids" },
    { make: byWatch, reads: true, what: "is read where rows come by it" }
  ]) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { session } = yield* makeChild()
        const context = yield* AccountContext.make(makeAccount())
        const isRead = yield* Ref.make(true)
        yield* make(context, { ...session, forgoRows: Ref.set(isRead, false) }, () => Effect.void)
        expect(yield* Ref.get(isRead)).toBe(reads)
      })
    )
  }
})

describe("the watch of a build that hands rows out by their rowid", () => {
  const watched = Effect.gen(function* () {
    const child = yield* makeChild({ methods: ["messages.after"] })
    const context = yield* AccountContext.make(makeAccount({ includeAttachments: true }))
    const source = yield* byRowId(context, child.session, () => Effect.void)
    yield* Effect.fork(source.staySubscribed)
    return {
      source,
      isNudged: context.nudges.await(0),
      subscriptions: Effect.map(child.asked, (asked) =>
        asked.filter(({ method }) => method === "watch.subscribe").map(({ params }) => params)
      )
    }
  })

  it.effect(
    "is asked for no files and for nothing that was there, for it only says that there is something",
    () =>
      Effect.gen(function* () {
        const { isNudged, source, subscriptions } = yield* watched
        yield* source.subscribe
        expect(yield* subscriptions).toEqual([{ debounce_ms: 60 }])
        expect(yield* isNudged).toBe(false)
        yield* source.heard([{ method: "message", params: { message: makeMessage() } }])
        expect(yield* isNudged).toBe(true)
        yield* TestClock.adjust("1 hour")
        expect(yield* subscriptions).toHaveLength(1)
      })
  )

  it.effect("may be refused: it is begun later, and rows are read meanwhile", () =>
    Effect.gen(function* () {
      const refused = new RpcFailed({ method: "watch.subscribe", rpcCode: -32603, reason: "internal" })
      const child = yield* makeChild({ methods: ["messages.after"], answer: () => Effect.fail(refused) })
      const context = yield* AccountContext.make(makeAccount())
      const source = yield* byRowId(context, child.session, () => Effect.void)
      yield* Effect.fork(source.staySubscribed)
      yield* source.subscribe
      expect(yield* child.asked).toHaveLength(1)
      yield* TestClock.adjust("1 second")
      expect(yield* child.asked).toHaveLength(2)
    })
  )

  it.effect("is begun again where it is over, at once and then less and less often", () =>
    Effect.gen(function* () {
      const { isNudged, source, subscriptions } = yield* watched
      const over = source.heard([{ method: "watch.overflow", params: { resume_after_rowid: 1 } }])
      yield* over
      expect(yield* isNudged).toBe(true)
      yield* TestClock.adjust("2 seconds")
      expect(yield* subscriptions).toHaveLength(1)
      for (let times = 0; times < 100; times++) {
        yield* over
        yield* TestClock.adjust("10 seconds")
      }
      expect((yield* subscriptions).length).toBeLessThan(25)
      yield* TestClock.adjust("1 hour")
      const before = (yield* subscriptions).length
      yield* source.heard([{ method: "error", params: { error: {} } }])
      yield* TestClock.adjust("1 second")
      expect(yield* subscriptions).toHaveLength(before + 1)
    })
  )
})
