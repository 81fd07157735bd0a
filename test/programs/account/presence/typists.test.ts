/** Who is seen writing on behalf of other hosts, and for how long. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import * as PresenceLive from "../../../../src/layers/presence/PresenceLive.ts"
import { makeTypists } from "../../../../src/programs/account/presence/typists.ts"
import { Presence } from "../../../../src/services/Presence.ts"

const CHAT = { _tag: "ChatId", chatId: 7 } as const

const turns = Effect.flatMap(Presence, ({ chats }) =>
  Effect.map(chats("default"), (all) => all.map(({ turns }) => turns))
)

describe("a turn of another host", () => {
  it.scoped("is shown until it is over", () =>
    Effect.gen(function* () {
      const { quiet, typing } = yield* makeTypists("default")
      yield* typing("a", CHAT)
      yield* typing("b", CHAT)
      yield* TestClock.adjust(0)
      expect(yield* turns).toEqual([2])
      yield* quiet("a")
      expect(yield* turns).toEqual([1])
      yield* quiet("a")
      yield* quiet("b")
      expect(yield* turns).toEqual([])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.scoped("is over when its host has said nothing of it for half a minute", () =>
    Effect.gen(function* () {
      const { typing } = yield* makeTypists("default")
      yield* typing("a", CHAT)
      yield* TestClock.adjust("20 seconds")
      // Said again it goes on, and has not begun anew.
      yield* typing("a", CHAT)
      yield* TestClock.adjust("29 seconds")
      const [shown] = yield* (yield* Presence).chats("default")
      expect(shown).toMatchObject({ turns: 1, begunAt: 0 })
      yield* TestClock.adjust("1 second")
      expect(yield* turns).toEqual([])
    }).pipe(Effect.provide(PresenceLive.layer))
  )
})
