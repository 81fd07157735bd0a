import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option, TestClock } from "effect"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import * as PausedChatsSql from "../../../src/layers/limits/PausedChatsSql.ts"
import { PausedChats } from "../../../src/services/PausedChats.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { database, describe } from "../../support/databases.ts"

const services = Layer.mergeAll(PausedChatsSql.layer, PositionsSql.layer).pipe(Layer.provideMerge(database))
const MINUTE = 60_000
const chat = { accountId: "default", chat: "chat_id:7" }

const isPaused = Effect.flatMap(PausedChats, ({ get }) => Effect.map(get(chat), Option.isSome))

describe("a chat that is paused", () => {
  it.effect("is so for longer each time, and the third time until it is resumed", () =>
    Effect.gen(function* () {
      const { all, pause, resume } = yield* PausedChats
      expect(yield* pause(chat)).toMatchObject({ times: 1, until: MINUTE })
      yield* TestClock.adjust(MINUTE - 1)
      expect(yield* isPaused).toBe(true)
      yield* TestClock.adjust(1)
      expect(yield* isPaused).toBe(false)
      expect(yield* all).toEqual([])
      expect(yield* pause(chat)).toMatchObject({ times: 2, until: 11 * MINUTE })
      yield* TestClock.adjust("10 minutes")
      expect(yield* isPaused).toBe(false)
      expect(yield* pause(chat)).toMatchObject({ times: 3, until: undefined })
      yield* TestClock.adjust("90 days")
      expect(yield* all).toMatchObject([{ ...chat, times: 3 }])
      expect(yield* resume(chat)).toMatchObject(chat)
      expect(yield* isPaused).toBe(false)
      expect(yield* pause(chat)).toMatchObject({ times: 1 })
    }).pipe(Effect.provide(services))
  )

  it.effect("begins anew after a day in which it was well", () =>
    Effect.gen(function* () {
      const { pause } = yield* PausedChats
      yield* pause(chat)
      yield* TestClock.adjust("25 hours")
      expect(yield* pause(chat)).toMatchObject({ times: 1 })
    }).pipe(Effect.provide(services))
  )

  it.effect("is no other of its account, and none of the same number of another account", () =>
    Effect.gen(function* () {
      const { get, pause } = yield* PausedChats
      yield* pause(chat)
      expect(Option.isNone(yield* get({ ...chat, chat: "chat_id:8" }))).toBe(true)
      expect(Option.isNone(yield* get({ ...chat, accountId: "other" }))).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("cannot be resumed where it is none", () =>
    Effect.gen(function* () {
      const { resume } = yield* PausedChats
      expect(yield* Effect.flip(resume(chat))).toMatchObject({ code: "chat_not_paused" })
    }).pipe(Effect.provide(services))
  )

  it.effect("is none any more in another database, where its number is that of another chat", () =>
    Effect.gen(function* () {
      const { all, pause } = yield* PausedChats
      const { begin } = yield* Positions
      yield* begin("default", { rowId: 1, baselineAt: undefined })
      yield* pause(chat)
      yield* pause({ accountId: "default", chat: "imessage:+15555550101" })
      yield* begin("default", { rowId: 1, baselineAt: undefined })
      expect((yield* all).map(({ chat }) => chat)).toEqual(["imessage:+15555550101"])
    }).pipe(Effect.provide(services))
  )
})
