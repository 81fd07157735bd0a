import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, TestClock } from "effect"
import { cannotTell } from "../../../src/programs/account/outbox/outcome.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import type { RequestError } from "../../../src/services/ImsgProcess.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { exited, makeChild } from "../../support/fakeImsg.ts"
import {
  busy,
  deliveryFailed,
  denied,
  isOver,
  makeMessages,
  makeOutbound,
  outboundOf,
  replyTo,
  sendsOf,
  services,
  statesOf,
  tagsOf
} from "../../support/outbound.ts"

/** Shorter than it is by default: pauses grow to a minute, and each costs the test time. */
const TTL = 10 * 60_000
const BRIEF = { delivery: { ttlMs: TTL } }

describe("a part that provably was not sent", () => {
  const rows: ReadonlyArray<{ readonly what: string; readonly error: RequestError; readonly code: string }> =
    [
      { what: "as macOS denies it", error: denied, code: "permission_denied" },
      { what: "as the child is busy", error: busy, code: "delivery_refused" },
      {
        what: "as it may safely be tried again",
        error: deliveryFailed("not_started"),
        code: "delivery_refused"
      }
    ]
  for (const { code, error, what } of rows) {
    it.effect(`${what} is tried for its time, and is then a dead letter that says why`, () =>
      Effect.gen(function* () {
        const deadLetters = yield* DeadLetters
        const { deliver, sends } = yield* outboundOf(() => error, BRIEF)
        const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a", "b")))
        yield* TestClock.adjust(TTL - 1)
        expect(yield* tagsOf("d")).toEqual(["Queued", "Queued"])
        yield* TestClock.adjust("2 minutes")
        yield* Fiber.join(fiber)
        const detail = `it was not sent within 10m: ${error.message}`
        expect(yield* statesOf("d")).toEqual([
          PartState.Failed({ detail }),
          PartState.Failed({ detail: "an earlier part failed" })
        ])
        expect(yield* deadLetters.all).toMatchObject([{ code, message: detail }])
        expect(new Set(yield* sends)).toEqual(new Set(["a"]))
      }).pipe(Effect.provide(services))
    )
  }
})

describe("a part whose result was lost", () => {
  const lost = PartState.Sending({ triedAt: 0, afterRowId: 5 })
  const begun = Effect.gen(function* () {
    const outbox = yield* Outbox
    yield* outbox.putParts(replyTo(7, "d", "a"), [
      {
        index: 0,
        part: { _tag: "Text", text: "a" },
        state: lost,
        tries: 1
      }
    ])
    const { context, deliver } = yield* outboundOf(undefined, BRIEF)
    yield* context.link.disconnect
    return { context, deliver, fiber: yield* Effect.fork(deliver(replyTo(7, "d", "a"))) }
  })

  it.effect("is uncertain after its time where no child comes, and what waits behind it ends too", () =>
    Effect.gen(function* () {
      const { deliver, fiber } = yield* begun
      const behind = yield* Effect.fork(deliver(replyTo(7, "e", "b")))
      yield* TestClock.adjust(TTL - 1)
      expect(yield* statesOf("d")).toEqual([lost])
      yield* TestClock.adjust("1 milli")
      yield* Fiber.join(fiber)
      expect(yield* statesOf("d")).toEqual([
        PartState.Uncertain({ detail: "the result was lost, and there was no imsg that could be asked" })
      ])
      yield* TestClock.adjust(TTL)
      expect(yield* isOver(behind)).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is looked for where a child comes soon after a start, however old it is", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("30 days")
      const { context, fiber } = yield* begun
      yield* TestClock.adjust("1 minute")
      expect(yield* statesOf("d")).toEqual([lost])
      const { answer } = yield* makeMessages()
      yield* context.link.connect((yield* makeChild({ answer })).session)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})

describe("a delivery that is of use only for a time", () => {
  it.effect("is not sent after it, and is no dead letter", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const { deliver, sends } = yield* outboundOf(() => denied, BRIEF)
      const now = yield* Clock.currentTimeMillis
      const fiber = yield* Effect.fork(deliver({ ...replyTo(7, "d", "a"), expiresAt: now + 60_000 }))
      yield* TestClock.adjust("3 minutes")
      expect(yield* isOver(fiber)).toBe(true)
      const tried = (yield* sends).length
      expect(yield* deadLetters.all).toEqual([])
      yield* TestClock.adjust("10 minutes")
      expect((yield* sends).length).toBe(tried)
    }).pipe(Effect.provide(services))
  )
})

describe("the time to live of a part", () => {
  it.effect("counts from when its delivery was accepted, whatever was restarted since", () =>
    Effect.gen(function* () {
      const delivery = replyTo(7, "d", "a")
      yield* TestClock.setTime(9 * TTL)
      yield* (yield* Outbox).accept(delivery)
      yield* TestClock.setTime(10 * TTL)
      const { context, deliver, sends } = yield* outboundOf(() => busy, BRIEF)
      yield* context.link.disconnect
      yield* deliver(delivery)
      expect(yield* sends).toEqual([])
      expect(yield* statesOf("d")).toEqual([
        PartState.Failed({ detail: "it was not sent within 10m: imsg did not run" })
      ])
    }).pipe(Effect.provide(services))
  )

  it.effect("is all that counts while there is no child", () =>
    Effect.gen(function* () {
      const { context, deliver, sends } = yield* outboundOf(undefined, BRIEF)
      yield* context.link.disconnect
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust(TTL - 1)
      expect(yield* isOver(fiber)).toBe(false)
      yield* TestClock.adjust(1)
      yield* Fiber.join(fiber)
      expect(yield* tagsOf("d")).toEqual(["Failed"])
      expect(yield* sends).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("does not wait for that of another which has longer to wait for a child", () =>
    Effect.gen(function* () {
      const { context, deliver } = yield* outboundOf(undefined, BRIEF)
      yield* context.link.disconnect
      const early = yield* Effect.fork(deliver(replyTo(7, "early", "a")))
      yield* TestClock.adjust("1 minute")
      yield* Effect.fork(deliver(replyTo(8, "late", "b")))
      yield* TestClock.adjust(TTL - 60_000)
      expect(yield* isOver(early)).toBe(true)
      expect(yield* tagsOf("late")).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("does not end the search for one that may have been sent", () =>
    Effect.gen(function* () {
      const { accept, putParts } = yield* Outbox
      const delivery = replyTo(7, "d", "a")
      yield* TestClock.setTime(8 * TTL)
      yield* accept(delivery)
      yield* TestClock.setTime(10 * TTL)
      yield* putParts(delivery, [
        {
          index: 0,
          part: { _tag: "Text", text: "a" },
          tries: 1,
          state: PartState.Sending({ triedAt: 8 * TTL, afterRowId: 100 })
        }
      ])
      const { deliver, messages, sends } = yield* outboundOf(undefined, BRIEF)
      yield* messages.write("a")
      const fiber = yield* Effect.fork(deliver(delivery))
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual([])
      expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: "guid-101", rowId: 101 })])
    }).pipe(Effect.provide(services))
  )
})

describe("a part that may have been sent", () => {
  it.effect("is uncertain in the end where no look at its chat succeeds", () =>
    Effect.gen(function* () {
      const messages = yield* makeMessages(() => exited)
      const { deliver, sends } = yield* makeOutbound(
        {
          ...messages,
          answer: (asked) => (asked.method === "send" ? messages.answer(asked) : exited)
        },
        BRIEF
      )
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust(TTL - 1)
      expect(yield* tagsOf("d")).toEqual(["Sending"])
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a"])
      expect(yield* statesOf("d")).toEqual([
        PartState.Uncertain({
          detail: cannotTell(`the chat could not be looked up: ${exited.message}`, exited)
        })
      ])
    }).pipe(Effect.provide(services))
  )

  it.effect("waits for the next child for its time", () =>
    Effect.gen(function* () {
      const { context, deliver, messages, sends } = yield* outboundOf(() => exited, BRIEF)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("1 second")
      yield* context.link.disconnect
      yield* messages.write("a")
      yield* TestClock.adjust(TTL - 60_000)
      const next = yield* makeChild({ answer: messages.answer })
      yield* context.link.connect(next.session)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(yield* sends).toHaveLength(1)
      expect(sendsOf(yield* next.asked)).toEqual([])
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})
