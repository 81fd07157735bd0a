import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, TestClock } from "effect"
import { inTurns } from "../../../../src/programs/account/supervision/inTurns.ts"
import { Methods } from "../../../../src/schemas/ImsgProtocol.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

const SEND_MS = 5000
const READ_MS = 1000

/** A child whose sends take five seconds, longer than a question may take, and whose reads take one. */
const setUp = (concurrentReads: boolean) =>
  Effect.map(
    makeChild({
      concurrentReads,
      answer: ({ method }) =>
        method === "send"
          ? Effect.delay(Effect.succeed({ ok: true }), SEND_MS)
          : Effect.delay(Effect.succeed({ chats: [] }), READ_MS)
    }),
    (child) => {
      const session = inTurns(child.session)
      return {
        session,
        asked: Effect.map(child.asked, (all) => all.map(({ method }) => method)),
        send: Effect.fork(session.request(Methods.send, { chat_id: 7, text: "part" }, 60_000)),
        ask: Effect.fork(session.request(Methods.chatsList, { limit: 1 }, SEND_MS - 1000))
      }
    }
  )

describe("a child that answers one request at a time", () => {
  it.effect("is asked between two sends of a queue, and not behind all of them", () =>
    Effect.gen(function* () {
      const { ask, asked, send } = yield* setUp(false)
      // As the sender of an account does: the next part as soon as the one before it is through.
      const parts = yield* Effect.fork(Effect.forEach([1, 2, 3], () => Effect.flatMap(send, Fiber.join)))
      yield* TestClock.adjust("1 second")
      const question = yield* ask
      yield* TestClock.adjust("3 seconds")
      expect(yield* asked).toEqual(["send"])
      yield* TestClock.adjust("1 second")
      expect(yield* asked).toEqual(["send", "chats.list"])
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(question)).toMatchObject({ chats: { readable: [] } })
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(parts)
      expect(yield* asked).toEqual(["send", "chats.list", "send", "send"])
    })
  )

  it.effect("has a question's whole time for it, however long the send before it took", () =>
    Effect.gen(function* () {
      const { ask, send } = yield* setUp(false)
      yield* send
      yield* TestClock.adjust("1 millis")
      const question = yield* ask
      yield* TestClock.adjust("6 seconds")
      expect(Exit.isSuccess(yield* Fiber.await(question))).toBe(true)
    })
  )

  it.effect("is mutating while a send is under way, or waits for its turn", () =>
    Effect.gen(function* () {
      const { ask, send, session } = yield* setUp(false)
      yield* ask
      yield* Effect.yieldNow()
      expect(yield* session.isMutating).toBe(false)
      const sending = yield* send
      yield* Effect.yieldNow()
      expect(yield* session.isMutating).toBe(true)
      yield* TestClock.adjust("5 seconds")
      expect(yield* session.isMutating).toBe(true)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(sending)
      expect(yield* session.isMutating).toBe(false)
    })
  )

  it.effect("is idle while nothing is asked, nor waits for its turn", () =>
    Effect.gen(function* () {
      const { ask, session } = yield* setUp(false)
      expect(yield* session.isIdle).toBe(true)
      const question = yield* ask
      yield* Effect.yieldNow()
      expect(yield* session.isIdle).toBe(false)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(question)
      expect(yield* session.isIdle).toBe(true)
    })
  )

  it.effect("goes on with the next where one that waited is given up", () =>
    Effect.gen(function* () {
      const { ask, asked, send } = yield* setUp(false)
      yield* send
      yield* TestClock.adjust("1 millis")
      yield* Effect.flatMap(ask, Fiber.interrupt)
      yield* ask
      yield* TestClock.adjust("5 seconds")
      expect(yield* asked).toEqual(["send", "chats.list"])
    })
  )
})

it.effect("a child that reads while it sends is asked at once", () =>
  Effect.gen(function* () {
    const { ask, asked, send } = yield* setUp(true)
    yield* send
    yield* TestClock.adjust("1 millis")
    yield* ask
    yield* TestClock.adjust("1 millis")
    expect(yield* asked).toEqual(["send", "chats.list"])
  })
)
