/** Requests of a session: matched, timed, refused. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import { Methods } from "../../../src/schemas/ImsgProtocol.ts"
import type { FakeLeader } from "../../support/fakeLeader.ts"
import { chatsFrame, openSession } from "../../support/session.ts"

const mebibyte = new Uint8Array(1024 * 1024).fill(120)
const printMebibytes = (child: FakeLeader, count: number) => Effect.repeatN(child.print(mebibyte), count - 1)

describe("requests", () => {
  it.scoped("are matched with responses in any order", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const first = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      const second = yield* Effect.fork(session.request(Methods.chatsList, { limit: 2 }, 1000))
      expect(yield* child.heard).toEqual({
        jsonrpc: "2.0",
        id: 1,
        method: "chats.list",
        params: { limit: 1 }
      })
      expect(yield* child.heard).toEqual({
        jsonrpc: "2.0",
        id: 2,
        method: "chats.list",
        params: { limit: 2 }
      })
      yield* child.say(chatsFrame(2, 22))
      yield* child.say(chatsFrame(1, 11))
      expect(yield* Fiber.join(first)).toEqual({ chats: { readable: [{ id: 11 }], unreadable: 0 } })
      expect(yield* Fiber.join(second)).toEqual({ chats: { readable: [{ id: 22 }], unreadable: 0 } })
    })
  )

  it.scoped("time out alone, and a response that comes later is dropped", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const late = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* TestClock.adjust(1000)
      expect(yield* Effect.flip(Fiber.join(late))).toMatchObject({
        _tag: "RpcTimeout",
        method: "chats.list",
        afterMs: 1000
      })
      yield* child.say(chatsFrame(1, 11))
      const next = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say(chatsFrame(2, 22))
      expect(yield* Fiber.join(next)).toEqual({ chats: { readable: [{ id: 22 }], unreadable: 0 } })
    })
  )

  it.scoped("fail alone where the response is longer than a line may be", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const long = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      const other = yield* Effect.fork(session.request(Methods.chatsList, { limit: 2 }, 1000))
      yield* child.print('{"jsonrpc":"2.0","result":{"chats":"')
      yield* printMebibytes(child, 9)
      yield* child.print('"},"id":1}\n')
      expect(yield* Effect.flip(Fiber.join(long))).toMatchObject({
        _tag: "ResponseTooLong",
        method: "chats.list",
        limitBytes: 8 * 1024 * 1024
      })
      yield* child.say(chatsFrame(2, 22))
      expect(yield* Fiber.join(other)).toEqual({ chats: { readable: [{ id: 22 }], unreadable: 0 } })
    })
  )

  it.scoped("end with the child where a line that is too long may be anything", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* printMebibytes(child, 9)
      yield* child.print("\n")
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject({ _tag: "ProtocolViolation" })
    })
  )

  it.scoped("end with the child where a line has no end", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* printMebibytes(child, 257)
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject({ _tag: "ProtocolViolation" })
    })
  )

  it.scoped("take a response whose id came back as a string", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say({ ...chatsFrame(1, 11), id: "1" })
      expect(yield* Fiber.join(asking)).toEqual({ chats: { readable: [{ id: 11 }], unreadable: 0 } })
    })
  )

  it.scoped.each([
    {
      what: "an error of the protocol",
      answer: { error: { code: -32602, message: "Invalid params" } },
      tag: "RpcFailed"
    },
    {
      what: "a missing permission",
      answer: { error: { code: -32603, message: "x", data: "authorization denied (code: 23)" } },
      tag: "PermissionDenied"
    },
    { what: "a result without its form", answer: { result: { chats: "none" } }, tag: "ProtocolViolation" },
    { what: "neither result nor error", answer: {}, tag: "ProtocolViolation" },
    { what: "an error without its form", answer: { error: "no" }, tag: "ProtocolViolation" }
  ])("fail by their answer, and the session goes on: $what", ({ answer, tag }) =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say({ jsonrpc: "2.0", id: 1, ...answer })
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject({ _tag: tag })
      const next = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say(chatsFrame(2, 22))
      expect(yield* Fiber.join(next)).toEqual({ chats: { readable: [{ id: 22 }], unreadable: 0 } })
    })
  )

  it.scoped("that change something are seen while they run", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const sending = yield* Effect.fork(session.request(Methods.send, { chat_id: 7, text: "hi" }, 1000))
      yield* child.heard
      expect([yield* session.isMutating, yield* session.isIdle]).toEqual([true, false])
      yield* child.say({ jsonrpc: "2.0", id: 1, result: { ok: true } })
      yield* Fiber.join(sending)
      expect([yield* session.isMutating, yield* session.isIdle]).toEqual([false, true])
    })
  )

  it.scoped("that are interrupted leave nothing behind", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const sending = yield* Effect.fork(session.request(Methods.send, { chat_id: 7, text: "hi" }, 1000))
      yield* child.heard
      yield* Fiber.interrupt(sending)
      expect(yield* session.isMutating).toBe(false)
    })
  )
})
