/** What is wanted of chats: for how long it is kept, and how much of it. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, TestClock } from "effect"
import { layer } from "../../../src/layers/presence/PresenceLive.ts"
import { Presence } from "../../../src/services/Presence.ts"

const chat = (chatId: number) => ({ _tag: "ChatId", chatId }) as const

const idsOf = Effect.flatMap(Presence, ({ chats }) =>
  Effect.map(chats("a"), (all) => all.map(({ chat }) => (chat._tag === "ChatId" ? chat.chatId : 0)))
)

describe("what is wanted of chats", () => {
  it.effect("is forgotten half a minute later where no child could mark them as read", () =>
    Effect.gen(function* () {
      const { read } = yield* Presence
      yield* read("a", chat(1))
      yield* TestClock.adjust("29 seconds")
      yield* read("a", chat(2))
      expect(yield* idsOf).toEqual([1, 2])
      yield* TestClock.adjust("1 second")
      expect(yield* idsOf).toEqual([2])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is kept for so many chats, and for all in which somebody writes", () =>
    Effect.gen(function* () {
      const { read, typing } = yield* Presence
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* typing("a", chat(1))
          for (let id = 2; id <= 600; id++) yield* read("a", chat(id))
          const ids = yield* idsOf
          expect(ids).toHaveLength(512)
          expect([ids[0], ids[1], ids.at(-1)]).toEqual([1, 90, 600])
        })
      )
    }).pipe(Effect.provide(layer))
  )

  it.effect("is shown for a minute after its end at most, as phones do", () =>
    Effect.gen(function* () {
      const { called, isShown, shown, typing } = yield* Presence
      yield* Effect.scoped(typing("a", chat(1)))
      yield* called("a", chat(1), "typing")
      yield* shown("a", chat(1))
      yield* TestClock.adjust("59 seconds")
      expect(yield* isShown("a", chat(1))).toBe(true)
      yield* TestClock.adjust("1 second")
      expect(yield* isShown("a", chat(1))).toBe(false)
      expect(yield* idsOf).toEqual([])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is one account's, whose child hears of it", () =>
    Effect.gen(function* () {
      const { arrival, chats, read } = yield* Presence
      const mine = yield* Effect.fork(arrival("a"))
      const other = yield* Effect.fork(arrival("b"))
      yield* Effect.yieldNow()
      yield* read("a", chat(1))
      yield* Fiber.join(mine)
      expect(Option.isNone(yield* Fiber.poll(other))).toBe(true)
      expect(yield* chats("b")).toEqual([])
    }).pipe(Effect.provide(layer))
  )
})
