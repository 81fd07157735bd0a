import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Ref, TestClock } from "effect"
import * as PositionsSql from "../../../../src/layers/inbox/PositionsSql.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { resumePoint, sinceRowId } from "../../../../src/programs/account/inbox/resumePoint.ts"
import { sharesOf } from "../../../../src/programs/account/inbox/shares.ts"
import { DatabaseUnavailable, RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import type { ImsgSession } from "../../../../src/services/ImsgProcess.ts"
import { type Cursor, Positions } from "../../../../src/services/Positions.ts"
import { accountsOf } from "../../../support/accounts.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

const services = Layer.merge(accountsOf(), PositionsSql.layer.pipe(Layer.provide(DatabaseSqlite.memory)))

/** Where a child of the account `default` resumes. */
const resume = (session: ImsgSession) =>
  Effect.flatMap(AccountContext.make(makeAccount()), (context) => resumePoint(context, session, 1000))

const stored = Effect.flatMap(Positions, ({ get }) => get("default"))

/** The time of the first start. */
const NOW = Date.parse("2026-01-02T00:00:00Z")
const YESTERDAY = "2026-01-01T00:00:00Z"

/** The newest message of each chat, newest chat first; a chat may have none. */
type Chats = ReadonlyArray<Partial<ImsgMessage> | undefined>

const childWith = (chats: Chats) =>
  makeChild({
    answer: ({ method, params }) => {
      if (method === "chats.list") return Effect.succeed({ chats: chats.map((_, at) => ({ id: at + 1 })) })
      const chatId: unknown = "chat_id" in params ? params.chat_id : undefined
      const newest = typeof chatId === "number" ? chats[chatId - 1] : undefined
      return Effect.succeed({ messages: newest === undefined ? [] : [makeMessage(newest)] })
    }
  })

const firstStart = (chats: Chats) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(NOW)
    const { session } = yield* childWith(chats)
    return yield* resume(session)
  }).pipe(Effect.provide(services))

describe("the first start of an account", () => {
  const rows: ReadonlyArray<{ readonly what: string; readonly chats: Chats; readonly cursor: Cursor }> = [
    {
      what: "begins after the newest message",
      chats: [{ id: 90, created_at: YESTERDAY }, { id: 80 }],
      cursor: { rowId: 90, baselineAt: Date.parse(YESTERDAY) }
    },
    {
      what: "begins after the watch's cursor where there is one",
      chats: [{ id: 90, cursor: 95, created_at: YESTERDAY }],
      cursor: { rowId: 95, baselineAt: Date.parse(YESTERDAY) }
    },
    {
      what: "looks further where the newest chat has no messages",
      chats: [undefined, undefined, { id: 90, created_at: YESTERDAY }],
      cursor: { rowId: 90, baselineAt: Date.parse(YESTERDAY) }
    },
    {
      what: "begins at the beginning of an empty database",
      chats: [],
      cursor: { rowId: 0, baselineAt: undefined }
    },
    {
      what: "answers nothing from before now where no chat has messages",
      chats: [undefined],
      cursor: { rowId: 0, baselineAt: NOW }
    },
    {
      what: "answers nothing from before now where the newest message has no time",
      chats: [{ id: 90 }],
      cursor: { rowId: 90, baselineAt: NOW }
    },
    {
      what: "is not silent until a time to come where the newest message is from there",
      chats: [{ id: 90, created_at: "2040-01-01T00:00:00Z" }],
      cursor: { rowId: 90, baselineAt: NOW }
    }
  ]
  for (const { chats, cursor, what } of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        expect(yield* firstStart(chats)).toEqual(cursor)
      })
    )
  }

  it.effect("is written down before anything is read", () =>
    Effect.gen(function* () {
      const { session } = yield* childWith([{ id: 90 }])
      const first = yield* resume(session)
      expect(Option.map(yield* stored, ({ cursor }) => cursor)).toEqual(Option.some(first))
    }).pipe(Effect.provide(services))
  )

  /** Chats 1 to 3, newest first, of which some cannot be read. */
  const partly = (...unreadable: ReadonlyArray<number>) =>
    makeChild({
      answer: ({ method, params }) => {
        if (method === "chats.list") return Effect.succeed({ chats: [{ id: 1 }, { id: 2 }, { id: 3 }] })
        const { chat_id: chatId = 0 }: Readonly<Record<string, number>> = { ...params }
        return unreadable.includes(chatId)
          ? Effect.fail(new RpcFailed({ method, rpcCode: -32603, reason: "internal" }))
          : Effect.succeed({ messages: [makeMessage({ id: 90 - chatId, created_at: YESTERDAY })] })
      }
    })

  const unreadable = [
    { what: "an older chat", chats: [2, 3], cursor: { rowId: 89, baselineAt: Date.parse(YESTERDAY) } },
    {
      what: "a newer chat, of which nothing from before now is answered",
      chats: [1],
      cursor: { rowId: 88, baselineAt: NOW }
    }
  ]
  for (const { chats, cursor, what } of unreadable) {
    it.effect(`needs not read ${what}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(NOW)
        const { session } = yield* partly(...chats)
        expect(yield* resume(session)).toEqual(cursor)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("is not written down where no chat can be read", () =>
    Effect.gen(function* () {
      const { session } = yield* partly(1, 2, 3)
      expect(yield* Effect.flip(resume(session))).toMatchObject({ _tag: "RpcFailed" })
      expect(yield* stored).toEqual(Option.none())
    }).pipe(Effect.provide(services))
  )

  it.effect("is not written down where the child cannot say where the database ends", () =>
    Effect.gen(function* () {
      const { session } = yield* makeChild({
        answer: () => Effect.fail(new DatabaseUnavailable({ detail: "denied" }))
      })
      expect(yield* Effect.flip(resume(session))).toMatchObject({
        _tag: "DatabaseUnavailable"
      })
      expect(yield* stored).toEqual(Option.none())
    }).pipe(Effect.provide(services))
  )
})

/** A child whose newest rows are these, all in one chat; it hands out pages of `existing` where it can. */
const childAt = (ids: ReadonlyArray<number>, existing?: ReadonlyArray<number>) =>
  makeChild({
    methods: existing === undefined ? [] : ["messages.after"],
    answer: ({ method, params }) => {
      if (method === "chats.list") return Effect.succeed({ chats: [{ id: 1 }] })
      const since = "since_rowid" in params ? Number(params.since_rowid) : 0
      const rows = method === "messages.after" ? existing?.filter((id) => id > since) : ids
      return Effect.succeed({
        messages: (rows ?? []).map((id) => makeMessage({ id, created_at: YESTERDAY }))
      })
    }
  })

/** What the database of the tests is known by: its rows 36 and 40. */
const KNOWN = {
  newestAt: Date.parse(YESTERDAY),
  rows: [36, 40].map((rowId) => ({
    rowId,
    guid: `guid-${rowId}`,
    chatId: 7,
    sentAt: Date.parse(YESTERDAY)
  }))
}

describe("a later start", () => {
  const later: ReadonlyArray<{
    readonly what: string
    readonly ids: ReadonlyArray<number>
    readonly existing?: ReadonlyArray<number>
    readonly cursor: Cursor
  }> = [
    { what: "goes on where the cursor is", ids: [90, 80], cursor: { rowId: 40, baselineAt: 5 } },
    { what: "goes on where nothing is new", ids: [40, 39], cursor: { rowId: 40, baselineAt: 5 } },
    {
      what: "begins at the tail of a database that was replaced",
      ids: [12],
      cursor: { rowId: 12, baselineAt: Date.parse(YESTERDAY) }
    },
    {
      what: "begins at the tail of a database that was emptied",
      ids: [],
      cursor: { rowId: 0, baselineAt: NOW }
    },
    {
      what: "goes on where only the newest messages were deleted, as a build with pages tells",
      ids: [12],
      existing: [12, 40],
      cursor: { rowId: 40, baselineAt: 5 }
    },
    {
      what: "begins at the tail where a build with pages has no such row",
      ids: [12],
      existing: [12],
      cursor: { rowId: 12, baselineAt: Date.parse(YESTERDAY) }
    }
  ]
  for (const { cursor, existing, ids, what } of later) {
    it.effect(what, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(NOW)
        const { begin } = yield* Positions
        yield* begin("default", { rowId: 40, baselineAt: 5 }, KNOWN)
        const { session } = yield* childAt(ids, existing)
        expect(yield* resume(session)).toEqual(cursor)
        expect(Option.getOrThrow(yield* stored).cursor).toEqual(cursor)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect(
    "takes the database for the same where nothing is known of it yet, and knows it from then on",
    () =>
      Effect.gen(function* () {
        const { begin } = yield* Positions
        yield* begin("default", { rowId: 40, baselineAt: 5 })
        const { session } = yield* childAt([12])
        expect(yield* resume(session)).toEqual({ rowId: 40, baselineAt: 5 })
        expect(Option.getOrThrow(yield* stored).landmarks).toMatchObject({
          rows: [{ rowId: 12 }],
          newestAt: KNOWN.newestAt
        })
      }).pipe(Effect.provide(services))
  )

  it.effect("in another database knows that one from then on", () =>
    Effect.gen(function* () {
      const { begin } = yield* Positions
      yield* begin("default", { rowId: 40, baselineAt: 5 }, KNOWN)
      const { session } = yield* childAt([12])
      yield* resume(session)
      expect(Option.getOrThrow(yield* stored).landmarks).toMatchObject({ rows: [{ rowId: 12 }] })
    }).pipe(Effect.provide(services))
  )

  it.effect("in another database passes over nothing of what was too much in the one before", () =>
    Effect.gen(function* () {
      const { begin } = yield* Positions
      yield* begin("default", { rowId: 40, baselineAt: 5 }, KNOWN)
      const context = yield* AccountContext.make(makeAccount())
      yield* Ref.set(context.shares, sharesOf([{ chat: "7", rowId: 30 }], 0, 40))
      yield* Ref.set(context.newestSentAt, NOW)
      const { session } = yield* childAt([12])
      yield* resumePoint(context, session, 1000)
      expect(yield* Ref.get(context.shares)).toBeUndefined()
      expect(yield* Ref.get(context.newestSentAt)).toBeLessThan(NOW)
    }).pipe(Effect.provide(services))
  )

  it.effect("knows again what was unripe, and nothing of it in another database", () =>
    Effect.gen(function* () {
      const unripe = [{ rowId: 39, guid: "guid-39", until: NOW }]
      const { advance, begin } = yield* Positions
      yield* begin("default", { rowId: 40, baselineAt: 5 }, KNOWN)
      yield* advance("default", { rowId: 40, landmarks: KNOWN, unripe })
      const context = yield* AccountContext.make(makeAccount())
      const same = yield* childAt([40])
      yield* resumePoint(context, same.session, 1000)
      expect((yield* Ref.get(context.position)).unripe).toMatchObject(unripe)
      const other = yield* childAt([12])
      yield* resumePoint(context, other.session, 1000)
      expect((yield* Ref.get(context.position)).unripe).toEqual([])
      expect(Option.getOrThrow(yield* stored).unripe).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("of another account is its first", () =>
    Effect.gen(function* () {
      const { begin } = yield* Positions
      yield* begin("other", { rowId: 40, baselineAt: 5 })
      const { session } = yield* childWith([{ id: 90 }])
      expect(yield* resume(session)).toMatchObject({ rowId: 90 })
    }).pipe(Effect.provide(services))
  )
})

describe("the watch", () => {
  const rows = [
    {
      what: "is asked for what comes after the cursor",
      rowId: 40,
      concurrentReads: true,
      params: { since_rowid: 40 }
    },
    {
      what: "of an older build is asked for what comes after the cursor",
      rowId: 40,
      concurrentReads: false,
      params: { since_rowid: 40 }
    },
    {
      what: "of an empty database is asked for all, as 0 would mean from now",
      rowId: 0,
      concurrentReads: true,
      params: { since_rowid: -1 }
    },
    {
      what: "of an empty database of an older build is asked for what comes from now on",
      rowId: 0,
      concurrentReads: false,
      params: {}
    }
  ]
  for (const { concurrentReads, params, rowId, what } of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { session } = yield* makeChild({ concurrentReads })
        expect(sinceRowId(rowId, session)).toEqual(params)
      })
    )
  }
})
