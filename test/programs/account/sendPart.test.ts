import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Ref, TestClock } from "effect"
import * as LeaseLive from "../../../src/layers/cluster/LeaseLive.ts"
import { notThere } from "../../../src/programs/account/outbox/outcome.ts"
import { idOf } from "../../../src/schemas/DeadLetter.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { RpcFailed, RpcTimeout } from "../../../src/schemas/errors/imsg.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import type { RequestError } from "../../../src/services/ImsgProcess.ts"
import { Lease } from "../../../src/services/Lease.ts"
import { exited, makeChild } from "../../support/fakeImsg.ts"
import {
  blocked,
  busy,
  deliveryFailed,
  denied,
  isOver,
  LONG,
  makeMessages,
  makeOutbound,
  outboundOf,
  refused,
  replyTo,
  type Script,
  sendsOf,
  services,
  statesOf,
  status,
  tagsOf
} from "../../support/outbound.ts"

describe("a send that macOS denies", () => {
  it.effect("degrades the account, and is made again until it is allowed", () =>
    Effect.gen(function* () {
      const { context, deliver, sends } = yield* outboundOf((count) => (count < 5 ? denied : "sent"))
      const { update } = yield* Accounts
      yield* update(context.account.id, () => ({ state: "running", pid: 4711 }))
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("2 seconds")
      const { code, hint, message } = denied
      expect(yield* status).toMatchObject({ state: "degraded", lastError: { code, hint, message } })
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(fiber)
      expect(yield* status).toMatchObject({ state: "running", lastError: undefined })
      expect(yield* sends).toHaveLength(6)
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})

describe("a send that is refused for good", () => {
  it.effect("fails its part and the later ones, and the delivery is kept as a dead letter", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const { deliver, sends } = yield* outboundOf((_, content) => (content === "b" ? refused : "sent"))
      const delivery = replyTo(7, "d", "a", "b", "c")
      yield* deliver(delivery)
      expect(yield* sends).toEqual(["a", "b"])
      expect(yield* statesOf("d")).toEqual([
        PartState.Sent({ guid: "guid-101", rowId: 101 }),
        PartState.Failed({ detail: refused.message }),
        PartState.Failed({ detail: "an earlier part failed" })
      ])
      expect(yield* deadLetters.all).toMatchObject([
        { message: refused.message, content: { _tag: "Delivery", delivery } }
      ])
    }).pipe(Effect.provide(services))
  )
})

describe("a send whose result is lost", () => {
  const lost: ReadonlyArray<{ readonly what: string; readonly error: RequestError }> = [
    { what: "the child ended", error: exited },
    { what: "it may have been carried out", error: deliveryFailed("may_have_completed") },
    { what: "it is still on its way", error: deliveryFailed("still_in_flight") },
    { what: "nothing is known", error: new RpcFailed({ method: "send", rpcCode: -32603, reason: "?" }) }
  ]

  for (const { error, what } of lost) {
    it.effect(`as ${what} is not made again where its row is there`, () =>
      Effect.gen(function* () {
        const { deliver, messages, sends } = yield* outboundOf(() => error)
        const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
        yield* TestClock.adjust("5 seconds")
        yield* messages.write("a")
        yield* TestClock.adjust(LONG)
        yield* Fiber.join(fiber)
        expect(yield* sends).toEqual(["a"])
        expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: "guid-101", rowId: 101 })])
      }).pipe(Effect.provide(services))
    )

    it.effect(`as ${what} is made once more where its row is not there`, () =>
      Effect.gen(function* () {
        const { deliver, sends } = yield* outboundOf((count) => (count === 0 ? error : "sent"))
        const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
        yield* TestClock.adjust("9 seconds")
        expect(yield* sends).toEqual(["a"])
        yield* TestClock.adjust(LONG)
        yield* Fiber.join(fiber)
        expect(yield* sends).toEqual(["a", "a"])
        expect(yield* tagsOf("d")).toEqual(["Sent"])
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("after a long wait has its time to settle from the loss on: a late row is found", () =>
    Effect.gen(function* () {
      // The child answers nothing for a minute, and Messages writes the row some seconds after that.
      const timedOut = Effect.delay(new RpcTimeout({ method: "send", afterMs: 60_000 }), "60 seconds")
      const messages = yield* makeMessages()
      const { deliver, sends } = yield* makeOutbound({
        ...messages,
        answer: (asked) => (asked.method === "send" ? timedOut : messages.answer(asked))
      })
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("65 seconds")
      yield* messages.write("a")
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a"])
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("twice, with no row, is a part that failed", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const { deliver, sends } = yield* outboundOf(() => exited)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a", "a"])
      expect(yield* statesOf("d")).toEqual([PartState.Failed({ detail: notThere(2, exited) })])
      expect((yield* deadLetters.all).map(({ content }) => idOf(content))).toEqual(["d"])
    }).pipe(Effect.provide(services))
  )

  it.effect("because the chat is not there is a dead letter at once, with imsg's own reason", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const gone = new RpcFailed({
        method: "send",
        rpcCode: -32603,
        reason: "Delivery failed before dispatch",
        data: {
          retry_safe: true,
          disposition: "not_started",
          detail: "Messages automation failed with AppleScript error -1728."
        }
      })
      const { deliver, sends } = yield* outboundOf(() => gone)
      yield* deliver(replyTo(7, "d", "a"))
      expect(yield* sends).toEqual(["a"])
      expect(yield* deadLetters.all).toMatchObject([
        { code: "delivery_refused", message: expect.stringContaining("AppleScript error -1728.") }
      ])
    }).pipe(Effect.provide(services))
  )

  it.effect("is not taken for the same text that was sent before it", () =>
    Effect.gen(function* () {
      const { deliver, messages, sends } = yield* outboundOf((count) => (count === 1 ? exited : "sent"))
      yield* deliver(replyTo(7, "d-1", "yes"))
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d-2", "yes")))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["yes", "yes", "yes"])
      expect(yield* messages.rows).toHaveLength(2)
    }).pipe(Effect.provide(services))
  )

  it.effect("in a chat that cannot be looked up is held as uncertain, and the later parts go out", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const { deliver, sends } = yield* outboundOf((count) => (count === 0 ? exited : "sent"))
      const target = { _tag: "ChatGuid", chatGuid: "unknown" } as const
      const fiber = yield* Effect.fork(deliver({ ...replyTo(7, "d", "a", "b"), target }))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a", "b"])
      expect(yield* tagsOf("d")).toEqual(["Uncertain", "Sent"])
      expect(yield* deadLetters.all).toMatchObject([{ code: "delivery_uncertain" }])
    }).pipe(Effect.provide(services))
  )

  it.effect("is looked up over the next child where this one cannot be asked", () =>
    Effect.gen(function* () {
      const messages = yield* makeMessages(() => exited)
      const { context, deliver, sends } = yield* makeOutbound({
        ...messages,
        answer: (asked) => (asked.method === "send" ? messages.answer(asked) : exited)
      })
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* messages.write("a")
      yield* TestClock.adjust(LONG)
      expect(yield* isOver(fiber)).toBe(false)
      const next = yield* makeChild({ answer: messages.answer })
      yield* context.link.connect(next.session)
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a"])
      expect(sendsOf(yield* next.asked)).toEqual([])
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})

describe("a send that provably did not happen", () => {
  const notStarted: ReadonlyArray<{ readonly what: string; readonly error: RequestError }> = [
    { what: "it was not started", error: deliveryFailed("not_started") },
    { what: "it may safely be made again", error: deliveryFailed("may_have_completed", true) },
    { what: "the child was busy", error: busy }
  ]
  for (const { error, what } of notStarted) {
    it.effect(`as ${what} is made again as often as it takes, without a look`, () =>
      Effect.gen(function* () {
        const { child, deliver } = yield* outboundOf((count) => (count < 4 ? error : "sent"))
        const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
        yield* TestClock.adjust("5 minutes")
        yield* Fiber.join(fiber)
        expect((yield* child.asked).map(({ method }) => method)).toEqual(Array(5).fill("send"))
        expect(yield* tagsOf("d")).toEqual(["Sent"])
      }).pipe(Effect.provide(services))
    )
  }
})

describe("a host whose lease of the account is over", () => {
  it.effect("asks its child for nothing, and goes on once it has the account again", () =>
    Effect.gen(function* () {
      const left = yield* Ref.make(0)
      const lease = yield* Effect.provide(Lease, LeaseLive.layer())
      const { deliver, sends } = yield* outboundOf().pipe(
        Effect.provideService(Lease, { ...lease, left: Ref.get(left) })
      )
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("1 minute")
      expect(yield* sends).toEqual([])
      // Whoever takes it over finds that nothing was tried.
      expect(yield* tagsOf("d")).toEqual(["Queued"])
      yield* Ref.set(left, 8000)
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a"])
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})

describe("a child", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly answer: ReturnType<Script>
    readonly replaced: boolean
  }> = [
    {
      what: "is kept where a send may have been carried out",
      answer: deliveryFailed("may_have_completed"),
      replaced: false
    },
    { what: "is kept where a send was not started", answer: deliveryFailed("not_started"), replaced: false },
    { what: "is kept where a send is denied", answer: denied, replaced: false },
    { what: "is kept where a send is refused", answer: refused, replaced: false },
    {
      what: "is replaced where a send is still on its way",
      answer: deliveryFailed("still_in_flight"),
      replaced: true
    },
    { what: "is replaced where an earlier send blocks it", answer: blocked, replaced: true },
    { what: "is replaced where it does not answer a send in time", answer: "silent", replaced: true },
    {
      what: "is replaced where it wrote the row and does not answer",
      answer: "written",
      replaced: true
    }
  ]
  for (const { answer, replaced, what } of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { condemned, deliver } = yield* outboundOf(() => answer)
        yield* Effect.fork(deliver(replyTo(7, "d", "a")))
        yield* TestClock.adjust("61 seconds")
        expect(Option.isSome(yield* condemned)).toBe(replaced)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("that does not answer a send leaves its part to the next one, which finds the row", () =>
    Effect.gen(function* () {
      const { context, deliver, messages, sends } = yield* outboundOf(() => "written")
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("59 seconds")
      expect(yield* tagsOf("d")).toEqual(["Sending"])
      const next = yield* makeChild({ answer: messages.answer })
      yield* context.link.connect(next.session)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a"])
      expect(sendsOf(yield* next.asked)).toEqual([])
      expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: "guid-101", rowId: 101 })])
    }).pipe(Effect.provide(services))
  )
})
