/** How a session ends, by its child or by its scope, and what it says of that. */
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Fiber, TestClock } from "effect"
import { Methods } from "../../../src/schemas/ImsgProtocol.ts"
import { COMMAND, guidsOf, messageFrame, openSession } from "../../support/session.ts"

describe("the end of a session", () => {
  it.scoped("fails what waits: requests, notifications, and who watches for it", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 60_000))
      const taking = yield* Effect.fork(session.notifications.take)
      const watching = yield* Effect.fork(session.ended)
      yield* child.heard
      yield* child.complain("out of luck\n")
      yield* child.exit(3)
      const reason = { _tag: "ChildExited", command: COMMAND, exitCode: 3, stderr: "out of luck\n" }
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject(reason)
      expect(yield* Effect.flip(Fiber.join(taking))).toMatchObject(reason)
      expect(yield* Effect.flip(Fiber.join(watching))).toMatchObject(reason)
      expect(yield* Effect.flip(session.request(Methods.chatsList, { limit: 1 }, 1000))).toMatchObject(reason)
    })
  )

  it.scoped("comes after the notifications that were read before it", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* child.say(messageFrame(1))
      yield* child.exit(0)
      yield* Effect.flip(session.ended)
      expect(guidsOf([yield* session.notifications.take])).toEqual(["guid-1"])
      expect(yield* Effect.flip(session.notifications.take)).toMatchObject({ _tag: "ChildExited" })
    })
  )

  it.scoped("names the signal", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* child.exit(undefined, "SIGKILL")
      expect(yield* Effect.flip(session.ended)).toMatchObject({ signal: "SIGKILL" })
    })
  )

  it.scoped("is a missing permission where the last words say so, without a line end", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* child.print("Permission Error: Cannot access Messages database")
      yield* child.exit(1)
      expect(yield* Effect.flip(session.ended)).toMatchObject({
        _tag: "PermissionDenied",
        permission: "FullDiskAccess"
      })
    })
  )

  it.scoped("waits for stderr, also where stdout ends first", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const watching = yield* Effect.fork(Effect.flip(session.ended))
      yield* child.closeStdout
      yield* child.exitOnly({ code: 1, signal: undefined })
      yield* TestClock.adjust(100)
      yield* child.complain("authorization denied (code: 23)")
      yield* child.exit(1)
      expect(yield* Fiber.join(watching)).toMatchObject({ _tag: "PermissionDenied" })
    })
  )

  it.scoped("does not wait for who else holds the pipes", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const watching = yield* Effect.fork(Effect.flip(session.ended))
      yield* child.exitOnly({ code: 1, signal: undefined })
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(watching)).toMatchObject({ _tag: "ChildExited", exitCode: 1 })
    })
  )

  it.scoped("comes when stdout ends though the process goes on", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const watching = yield* Effect.fork(Effect.flip(session.ended))
      yield* child.closeStdout
      yield* TestClock.adjust("2 seconds")
      expect((yield* Fiber.join(watching)).message).toBe(`${COMMAND} closed its pipes`)
    })
  )

  it.scoped("comes when stdin is refused, as a value", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* child.breakStdin
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 60_000))
      yield* TestClock.adjust("2 seconds")
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject({ _tag: "ChildExited" })
    })
  )

  it.scoped("comes with a line of more than 8 MiB", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const watching = yield* Effect.fork(Effect.flip(session.ended))
      const mebibyte = new Uint8Array(1024 * 1024).fill(120)
      for (let printed = 0; printed < 8; printed++) yield* child.print(mebibyte)
      yield* child.print("x")
      expect(yield* Fiber.join(watching)).toMatchObject({
        _tag: "ProtocolViolation",
        detail: "a line is longer than 8388608 bytes"
      })
    })
  )

  it.scoped("comes though nobody takes the notifications, and those that wait can still be taken", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, id) => messageFrame(id)),
        child.say
      )
      const watching = yield* Effect.fork(Effect.flip(session.ended))
      yield* child.exit(0)
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(watching)).toMatchObject({ exitCode: 0 })
      const [seen] = yield* session.notifications.takeN(10)
      expect(Chunk.size(seen)).toBe(10)
    })
  )

  it.scoped("keeps the end of what was said for people, and no message", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* child.print("wrapper: hello\n")
      yield* child.print('{"jsonrpc":"2.0","method":"message","params":{"message":{"text":"a sec\n')
      yield* child.print('ret","guid":"x"}}}\n')
      yield* child.print('{"method":"message","params":{"message":{"text":"a secret')
      yield* child.exit(undefined, "SIGKILL")
      expect(yield* Effect.flip(session.ended)).toMatchObject({ stderr: "wrapper: hello\n" })
    })
  )
})

describe("closing the scope", () => {
  it.scoped("closes stdin", () =>
    Effect.gen(function* () {
      const { child, close } = yield* openSession
      yield* close
      yield* child.stdinClosed
    })
  )

  it.scoped("fails requests of others at once", () =>
    Effect.gen(function* () {
      const { child, close, session } = yield* openSession
      const sending = yield* Effect.fork(session.request(Methods.send, { chat_id: 7, text: "hi" }, 60_000))
      yield* child.heard
      yield* close
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ _tag: "ChildExited" })
      expect(yield* Effect.flip(session.request(Methods.chatsList, { limit: 1 }, 1000))).toMatchObject({
        _tag: "ChildExited"
      })
    })
  )

  it.scoped("fails a request that begins in the same moment", () =>
    Effect.gen(function* () {
      const { close, session } = yield* openSession
      const sending = yield* Effect.fork(session.request(Methods.send, { chat_id: 7, text: "hi" }, 60_000))
      yield* Effect.yieldNow()
      yield* close
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ _tag: "ChildExited" })
    })
  )

  it.scoped("does not wait for a reader whose notifications nobody takes", () =>
    Effect.gen(function* () {
      const { child, close, session } = yield* openSession
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, id) => messageFrame(id)),
        child.say
      )
      yield* TestClock.adjust(1)
      expect(yield* session.notifications.size).toMatchObject({ value: 32 })
      yield* close
    })
  )
})
