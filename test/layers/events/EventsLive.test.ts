import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream, TestClock } from "effect"
import { type GatewayEvent, withoutText } from "../../../src/schemas/GatewayEvent.ts"
import { Events } from "../../../src/services/Events.ts"
import { events as layer } from "../../support/accounts.ts"

const event = (reason: string): GatewayEvent => ({ _tag: "ChildRestarted", accountId: "a", reason })

describe("events", () => {
  it.scoped("reach those who listen, in order, numbered and dated", () =>
    Effect.gen(function* () {
      const { listen, publish } = yield* Events
      yield* publish(event("before"))
      const heard = yield* listen
      yield* TestClock.adjust(1000)
      yield* publish(event("one"))
      yield* publish(event("two"))
      expect([...(yield* Stream.runCollect(Stream.take(heard, 2)))]).toEqual([
        { id: 2, at: 1000, event: event("one") },
        { id: 3, at: 1000, event: event("two") }
      ])
    }).pipe(Effect.provide(layer))
  )

  it.scoped("never wait for one who does not listen well: that one misses the oldest", () =>
    Effect.gen(function* () {
      const { listen, unsafePublish } = yield* Events
      const heard = yield* listen
      // In one step: the listener cannot take any of them meanwhile.
      for (let number = 1; number <= 5000; number++) unsafePublish(event(String(number)))
      expect([...(yield* Stream.runCollect(Stream.take(heard, 2)))].map(({ id }) => id)).toEqual([3977, 3978])
    }).pipe(Effect.provide(layer))
  )

  it("lose their words, and nothing else, where those are not for everybody", () => {
    const said: GatewayEvent = {
      _tag: "MessageJudged",
      accountId: "a",
      rowId: 1,
      fate: "dm-open",
      text: "hi"
    }
    expect(withoutText(said)).toEqual({ _tag: "MessageJudged", accountId: "a", rowId: 1, fate: "dm-open" })
    expect(withoutText(event("x"))).toEqual(event("x"))
  })
})
