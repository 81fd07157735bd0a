import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, TestClock } from "effect"
import * as JournalSqlite from "../../../src/layers/JournalSqlite.ts"
import * as Database from "../../../src/layers/sqlite/Database.ts"
import { resumePoint, sinceRowId } from "../../../src/programs/account/resumePoint.ts"
import { DatabaseUnavailable } from "../../../src/schemas/Errors.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import { type Cursor, Journal } from "../../../src/services/Journal.ts"
import { makeMessage } from "../../support/envelopes.ts"
import { makeChild } from "../../support/fakeImsg.ts"

const journal = JournalSqlite.layer.pipe(Layer.provide(Database.memory))

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
    return yield* resumePoint("default", session, 1000)
  }).pipe(Effect.provide(journal))

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
      const { cursor } = yield* Journal
      const { session } = yield* childWith([{ id: 90 }])
      const first = yield* resumePoint("default", session, 1000)
      expect(yield* cursor("default")).toEqual(Option.some(first))
    }).pipe(Effect.provide(journal))
  )

  it.effect("is not written down where the child cannot say where the database ends", () =>
    Effect.gen(function* () {
      const { cursor } = yield* Journal
      const { session } = yield* makeChild({
        answer: () => Effect.fail(new DatabaseUnavailable({ detail: "denied" }))
      })
      expect(yield* Effect.flip(resumePoint("default", session, 1000))).toMatchObject({
        _tag: "DatabaseUnavailable"
      })
      expect(yield* cursor("default")).toEqual(Option.none())
    }).pipe(Effect.provide(journal))
  )
})

describe("a later start", () => {
  it.effect("goes on where the cursor is, without asking", () =>
    Effect.gen(function* () {
      const { begin } = yield* Journal
      yield* begin("default", { rowId: 40, baselineAt: 5 })
      const { asked, session } = yield* childWith([{ id: 90 }])
      expect(yield* resumePoint("default", session, 1000)).toEqual({ rowId: 40, baselineAt: 5 })
      expect(yield* asked).toEqual([])
    }).pipe(Effect.provide(journal))
  )

  it.effect("of another account is its first", () =>
    Effect.gen(function* () {
      const { begin } = yield* Journal
      yield* begin("other", { rowId: 40, baselineAt: 5 })
      const { session } = yield* childWith([{ id: 90 }])
      expect(yield* resumePoint("default", session, 1000)).toMatchObject({ rowId: 90 })
    }).pipe(Effect.provide(journal))
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
        expect(sinceRowId({ rowId, baselineAt: undefined }, session)).toEqual(params)
      })
    )
  }
})
