import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import { sawRow } from "../../../src/programs/account/AccountContext.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { exited } from "../../support/fakeImsg.ts"
import {
  blocked,
  deliveryFailed,
  denied,
  LONG,
  makeMessages,
  makeOutbound,
  outboundOf,
  replyTo,
  type Script,
  services,
  statesOf,
  tagsOf
} from "../../support/outbound.ts"

describe("a send that an earlier one blocks", () => {
  it.effect("is made again as often as it takes, each time after a look that does not find it", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf((count) => (count < 4 ? blocked : "sent"))
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("9 seconds")
      expect(yield* sends).toHaveLength(1)
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toHaveLength(5)
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is not made again where it turns out to be there", () =>
    Effect.gen(function* () {
      const { deliver, messages, sends } = yield* outboundOf(() => blocked)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("5 seconds")
      yield* messages.write("a")
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a"])
      expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: "guid-101", rowId: 101 })])
    }).pipe(Effect.provide(services))
  )

  it.effect("is made again also where the chat cannot be looked up: nothing was begun", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf((count) => (count < 3 ? blocked : "sent"))
      const target = { _tag: "ChatGuid", chatGuid: "unknown" } as const
      const fiber = yield* Effect.fork(deliver({ ...replyTo(7, "d", "a"), target }))
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toHaveLength(4)
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("leaves the one lost try of before as the one that counts", () =>
    Effect.gen(function* () {
      const script: Script = (count) => (count === 0 ? exited : count < 3 ? blocked : "sent")
      const { deliver, sends } = yield* outboundOf(script)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toHaveLength(4)
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})

describe("a part that is tried twice", () => {
  it.effect("is found by the late row of its first try", () =>
    Effect.gen(function* () {
      const { context, deliver, messages, sends } = yield* outboundOf((count) =>
        count < 2 ? deliveryFailed("may_have_completed") : "sent"
      )
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("15 seconds")
      expect(yield* sends).toHaveLength(2)
      const late = yield* messages.write("a")
      yield* sawRow(context, late.id)
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toHaveLength(2)
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is found by that row also where it was denied in between", () =>
    Effect.gen(function* () {
      const { context, deliver, messages, sends } = yield* outboundOf((count) =>
        count === 0 ? exited : count === 1 ? denied : exited
      )
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("10 seconds")
      expect(yield* sends).toHaveLength(2)
      const late = yield* messages.write("a")
      yield* sawRow(context, late.id)
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toHaveLength(2)
      expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: late.guid, rowId: late.id })])
    }).pipe(Effect.provide(services))
  )
})

describe("a row that Messages could not deliver", () => {
  it.effect("is a part that failed, and is not sent again by itself", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const messages = yield* makeMessages(() => exited, "failed")
      const { deliver, sends } = yield* makeOutbound(messages)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a", "b")))
      yield* TestClock.adjust("1 second")
      yield* messages.write("a")
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a"])
      expect(yield* tagsOf("d")).toEqual(["Failed", "Failed"])
      expect(yield* deadLetters.all).toMatchObject([
        { code: "delivery_refused", message: "Messages could not deliver it, and shows it so in the chat" }
      ])
    }).pipe(Effect.provide(services))
  )
})

describe("a part that is answered without its row", () => {
  it.effect("knows the row afterwards", () =>
    Effect.gen(function* () {
      const { deliver } = yield* outboundOf(() => "unnamed")
      yield* deliver(replyTo(7, "d", "a"))
      expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: "guid-101", rowId: 101 })])
    }).pipe(Effect.provide(services))
  )

  it.effect("is a part that failed where the row says so", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* makeOutbound(yield* makeMessages(() => "unnamed", "failed"))
      yield* deliver(replyTo(7, "d", "a", "b"))
      expect(yield* tagsOf("d")).toEqual(["Failed", "Failed"])
      expect(yield* sends).toEqual(["a"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is not taken for the next one with the same text, whose result is lost", () =>
    Effect.gen(function* () {
      const { deliver, messages, sends } = yield* outboundOf((count) => (count === 1 ? exited : "unnamed"))
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "yes", "yes")))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["yes", "yes", "yes"])
      expect(yield* messages.rows).toHaveLength(2)
      expect(yield* statesOf("d")).toEqual([
        PartState.Sent({ guid: "guid-101", rowId: 101 }),
        PartState.Sent({ guid: "guid-102", rowId: 102 })
      ])
    }).pipe(Effect.provide(services))
  )

  it.effect("counts as sent where the row is not there soon", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf(() => "empty")
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a", "b")))
      yield* TestClock.adjust("1 second")
      expect(yield* sends).toEqual(["a"])
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a", "b"])
      expect(yield* statesOf("d")).toEqual(
        ["a", "b"].map(() => PartState.Sent({ guid: undefined, rowId: undefined }))
      )
    }).pipe(Effect.provide(services))
  )
})
