/** A session over a child that the test plays, with every fault that its streams can have. */
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Exit, Fiber, Logger, Ref, Scope, TestClock } from "effect"
import { connect } from "../../../src/layers/imsg/connection.ts"
import { Methods } from "../../../src/schemas/ImsgProtocol.ts"
import { makeFakeLeader } from "../../support/fakeLeader.ts"

const COMMAND = "imsg rpc"

/** A session, the child behind it, and a scope that the test may close. */
const open = Effect.gen(function* () {
  const child = yield* makeFakeLeader
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const session = yield* Scope.extend(connect(child.leader, { cliPath: "imsg", command: COMMAND }), scope)
  return { child, session, close: Scope.close(scope, Exit.void) }
})

const message = (id: number, text = "hello") => ({
  jsonrpc: "2.0",
  method: "message",
  params: { subscription: 1, message: { id, guid: `guid-${id}`, is_from_me: false, chat_id: 7, text } }
})
const chats = (id: number, chat: number) => ({ jsonrpc: "2.0", id, result: { chats: [{ id: chat }] } })
const idsOf = (notifications: Iterable<{ readonly params: unknown }>) =>
  [...notifications].map(({ params }) => params).map((params) => JSON.stringify(params).match(/guid-\d+/u)?.[0])

/** Runs an effect with everything that it logs, as text. */
const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const lines = yield* Ref.make<ReadonlyArray<string>>([])
    const logger = Logger.make<unknown, void>(({ annotations, message }) =>
      Effect.runSync(
        Ref.update(lines, (all) => [...all, `${JSON.stringify(message)} ${JSON.stringify([...annotations])}`])
      )
    )
    yield* Effect.provide(effect, Logger.replace(Logger.defaultLogger, logger))
    return (yield* Ref.get(lines)).join("\n")
  })

describe("requests", () => {
  it.scoped("are matched with responses in any order", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const first = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      const second = yield* Effect.fork(session.request(Methods.chatsList, { limit: 2 }, 1000))
      expect(yield* child.heard).toEqual({ jsonrpc: "2.0", id: 1, method: "chats.list", params: { limit: 1 } })
      expect(yield* child.heard).toEqual({ jsonrpc: "2.0", id: 2, method: "chats.list", params: { limit: 2 } })
      yield* child.say(chats(2, 22))
      yield* child.say(chats(1, 11))
      expect(yield* Fiber.join(first)).toEqual({ chats: [{ id: 11 }] })
      expect(yield* Fiber.join(second)).toEqual({ chats: [{ id: 22 }] })
    })
  )

  it.scoped("time out alone, and a response that comes later is dropped", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const late = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* TestClock.adjust(1000)
      expect(yield* Effect.flip(Fiber.join(late))).toMatchObject({
        _tag: "RpcTimeout",
        method: "chats.list",
        afterMs: 1000
      })
      yield* child.say(chats(1, 11))
      const next = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say(chats(2, 22))
      expect(yield* Fiber.join(next)).toEqual({ chats: [{ id: 22 }] })
    })
  )

  it.scoped("take a response whose id came back as a string", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say({ ...chats(1, 11), id: "1" })
      expect(yield* Fiber.join(asking)).toEqual({ chats: [{ id: 11 }] })
    })
  )

  it.scoped.each([
    { what: "an error of the protocol", answer: { error: { code: -32602, message: "Invalid params" } }, tag: "RpcFailed" },
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
      const { child, session } = yield* open
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say({ jsonrpc: "2.0", id: 1, ...answer })
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject({ _tag: tag })
      const next = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 1000))
      yield* child.heard
      yield* child.say(chats(2, 22))
      expect(yield* Fiber.join(next)).toEqual({ chats: [{ id: 22 }] })
    })
  )

  it.scoped("that change something are seen while they run", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const sending = yield* Effect.fork(session.request(Methods.send, { chat_id: 7, text: "hi" }, 1000))
      yield* child.heard
      expect(yield* session.isMutating).toBe(true)
      yield* child.say({ jsonrpc: "2.0", id: 1, result: { ok: true } })
      yield* Fiber.join(sending)
      expect(yield* session.isMutating).toBe(false)
    })
  )

  it.scoped("that are interrupted leave nothing behind", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const sending = yield* Effect.fork(session.request(Methods.send, { chat_id: 7, text: "hi" }, 1000))
      yield* child.heard
      yield* Fiber.interrupt(sending)
      expect(yield* session.isMutating).toBe(false)
    })
  )
})

describe("notifications", () => {
  it.scoped("arrive before the response of the subscription, and after it", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const subscribing = yield* Effect.fork(session.request(Methods.watchSubscribe, {}, 1000))
      yield* child.heard
      yield* child.say(message(1))
      yield* child.say({ jsonrpc: "2.0", id: 1, result: { subscription: 1 } })
      yield* child.say(message(2))
      expect(yield* Fiber.join(subscribing)).toEqual({ subscription: 1 })
      const [seen] = yield* session.notifications.takeN(2)
      expect(idsOf(seen)).toEqual(["guid-1", "guid-2"])
    })
  )

  it.scoped("of every kind are taken", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      yield* child.say({ method: "error", params: { subscription: 1, error: { message: "gone" } } })
      yield* child.say({ method: "watch.overflow", params: { subscription: 1, resume_after_rowid: 9, terminal: true } })
      yield* child.say(message(3))
      const [seen] = yield* session.notifications.takeN(3)
      expect([...seen].map(({ method }) => method)).toEqual(["error", "watch.overflow", "message"])
    })
  )

  const noises: ReadonlyArray<{ readonly what: string; readonly line: string | Uint8Array }> = [
    { what: "text for people", line: "Could not fetch group 1:ABGroup\n" },
    { what: "blank lines", line: "\n  \r\n" },
    { what: "a number", line: "17\n" },
    { what: "null", line: "null\n" },
    { what: "an array", line: "[]\n" },
    { what: "a frame that is cut", line: '{"jsonrpc":"2.0","method":"mess\n' },
    { what: "bytes that are no UTF-8", line: Uint8Array.of(0xc3, 0x28, 0x0a) },
    { what: "an unknown notification", line: '{"jsonrpc":"2.0","method":"news","params":{}}\n' },
    { what: "a message without a guid", line: '{"method":"message","params":{"message":{"id":1}}}\n' },
    { what: "a method that is no text", line: '{"method":{"toString":1}}\n' },
    { what: "a response to nobody", line: '{"jsonrpc":"2.0","id":99,"result":{}}\n' },
    { what: "a response without an id", line: '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}\n' },
    { what: "an object that is no frame", line: '{"hello":"world"}\n' },
    { what: "a very deep object", line: `{"method":${"[".repeat(50_000)}${"]".repeat(50_000)}}\n` }
  ]
  for (const { line, what } of noises) {
    it.scoped(`go on after ${what}`, () =>
      Effect.gen(function* () {
        const { child, session } = yield* open
        yield* child.say(message(1))
        yield* child.print(line)
        yield* child.say(message(2))
        const [seen] = yield* session.notifications.takeN(2)
        expect(idsOf(seen)).toEqual(["guid-1", "guid-2"])
      })
    )
  }

  it.scoped("are whole where a chunk ends within a character", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const bytes = new TextEncoder().encode(`${JSON.stringify(message(1, "né 👩‍👧 语"))}\n`)
      for (const byte of bytes) yield* child.print(Uint8Array.of(byte))
      expect(yield* session.notifications.take).toMatchObject({ params: { message: { text: "né 👩‍👧 语" } } })
    })
  )

  it.scoped("of nearly 8 MiB are taken", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      yield* child.say(message(1, "x".repeat(8 * 1024 * 1024 - 200)))
      expect(idsOf([yield* session.notifications.take])).toEqual(["guid-1"])
    })
  )

  it.scoped("that nobody takes stop the reading, and lose nothing", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const count = 200
      yield* Effect.forEach(Array.from({ length: count }, (_, id) => message(id)), child.say)
      yield* TestClock.adjust("1 minute")
      expect(yield* session.notifications.size).toMatchObject({ value: 32 })
      const [seen] = yield* session.notifications.takeN(count)
      expect(idsOf(seen)).toEqual(Array.from({ length: count }, (_, id) => `guid-${id}`))
    })
  )
})

describe("the end of a session", () => {
  it.scoped("fails what waits: requests, notifications, and who watches for it", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
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
      const { child, session } = yield* open
      yield* child.say(message(1))
      yield* child.exit(0)
      yield* Effect.flip(session.ended)
      expect(idsOf([yield* session.notifications.take])).toEqual(["guid-1"])
      expect(yield* Effect.flip(session.notifications.take)).toMatchObject({ _tag: "ChildExited" })
    })
  )

  it.scoped("names the signal", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      yield* child.exit(undefined, "SIGKILL")
      expect(yield* Effect.flip(session.ended)).toMatchObject({ signal: "SIGKILL" })
    })
  )

  it.scoped("is a missing permission where the last words say so, without a line end", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
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
      const { child, session } = yield* open
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
      const { child, session } = yield* open
      const watching = yield* Effect.fork(Effect.flip(session.ended))
      yield* child.exitOnly({ code: 1, signal: undefined })
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(watching)).toMatchObject({ _tag: "ChildExited", exitCode: 1 })
    })
  )

  it.scoped("comes when stdout ends though the process goes on", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      const watching = yield* Effect.fork(Effect.flip(session.ended))
      yield* child.closeStdout
      yield* TestClock.adjust("2 seconds")
      expect((yield* Fiber.join(watching)).message).toBe(`${COMMAND} closed its pipes`)
    })
  )

  it.scoped("comes when stdin is refused, as a value", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
      yield* child.breakStdin
      const asking = yield* Effect.fork(session.request(Methods.chatsList, { limit: 1 }, 60_000))
      yield* TestClock.adjust("2 seconds")
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject({ _tag: "ChildExited" })
    })
  )

  it.scoped("comes with a line of more than 8 MiB", () =>
    Effect.gen(function* () {
      const { child, session } = yield* open
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
      const { child, session } = yield* open
      yield* Effect.forEach(Array.from({ length: 100 }, (_, id) => message(id)), child.say)
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
      const { child, session } = yield* open
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
      const { child, close } = yield* open
      yield* close
      yield* child.stdinClosed
    })
  )

  it.scoped("fails requests of others at once", () =>
    Effect.gen(function* () {
      const { child, close, session } = yield* open
      const sending = yield* Effect.fork(session.request(Methods.send, { chat_id: 7, text: "hi" }, 60_000))
      yield* child.heard
      yield* close
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ _tag: "ChildExited" })
      expect(yield* Effect.flip(session.request(Methods.chatsList, { limit: 1 }, 1000))).toMatchObject({
        _tag: "ChildExited"
      })
    })
  )

  it.scoped("does not wait for a reader whose notifications nobody takes", () =>
    Effect.gen(function* () {
      const { child, close, session } = yield* open
      yield* Effect.forEach(Array.from({ length: 100 }, (_, id) => message(id)), child.say)
      yield* TestClock.adjust(1)
      expect(yield* session.notifications.size).toMatchObject({ value: 32 })
      yield* close
    })
  )
})

describe("the log", () => {
  it.effect("has no word of a message that does not decode", () =>
    Effect.gen(function* () {
      const log = yield* logged(
        Effect.scoped(
          Effect.gen(function* () {
            const { child, session } = yield* open
            yield* child.print('{"method":"message","params":{"message":{"id":"a secret","text":"a secret"}}}\n')
            yield* child.print('{"method":"a secret","params":{}}\n')
            yield* child.print('{"id":"a secret","error":"a secret"}\n')
            yield* child.print("a secret\n")
            yield* child.say(message(1))
            yield* session.notifications.take
          })
        )
      )
      expect(log).toContain("does not decode")
      expect(log).not.toContain("a secret")
    })
  )
})
