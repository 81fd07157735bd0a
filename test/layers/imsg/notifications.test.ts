/** What a child says unasked, with every fault that its lines can have. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Logger, Ref, TestClock } from "effect"
import { Methods } from "../../../src/schemas/ImsgProtocol.ts"
import { guidsOf, messageFrame, openSession } from "../../support/session.ts"

describe("notifications", () => {
  it.scoped("arrive before the response of the subscription, and after it", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const subscribing = yield* Effect.fork(session.request(Methods.watchSubscribe, {}, 1000))
      yield* child.heard
      yield* child.say(messageFrame(1))
      yield* child.say({ jsonrpc: "2.0", id: 1, result: { subscription: 1 } })
      yield* child.say(messageFrame(2))
      expect(yield* Fiber.join(subscribing)).toEqual({ subscription: 1 })
      const [seen] = yield* session.notifications.takeN(2)
      expect(guidsOf(seen)).toEqual(["guid-1", "guid-2"])
    })
  )

  it.scoped("of every kind are taken", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* child.say({ method: "error", params: { subscription: 1, error: { message: "gone" } } })
      yield* child.say({
        method: "watch.overflow",
        params: { subscription: 1, resume_after_rowid: 9, terminal: true }
      })
      yield* child.say(messageFrame(3))
      const [seen] = yield* session.notifications.takeN(3)
      expect([...seen].map(({ method }) => method)).toEqual(["error", "watch.overflow", "message"])
    })
  )

  it.scoped("of rows say only that there is one where nobody wants more, whatever they hold", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* session.forgoRows
      yield* child.say(messageFrame(1))
      yield* child.print('{"method":"message","params":{"message":{"id":1}}}\n')
      yield* child.say({ method: "error", params: { subscription: 1, error: { message: "gone" } } })
      const [seen] = yield* session.notifications.takeN(3)
      expect([...seen]).toMatchObject([{ method: "row" }, { method: "row" }, { method: "error" }])
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
    {
      what: "a response without an id",
      line: '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}\n'
    },
    { what: "an object that is no frame", line: '{"hello":"world"}\n' },
    { what: "a very deep object", line: `{"method":${"[".repeat(50_000)}${"]".repeat(50_000)}}\n` }
  ]
  for (const { line, what } of noises) {
    it.scoped(`go on after ${what}`, () =>
      Effect.gen(function* () {
        const { child, session } = yield* openSession
        yield* child.say(messageFrame(1))
        yield* child.print(line)
        yield* child.say(messageFrame(2))
        const [seen] = yield* session.notifications.takeN(2)
        expect(guidsOf(seen)).toEqual(["guid-1", "guid-2"])
      })
    )
  }

  it.scoped("are whole where a chunk ends within a character", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const bytes = new TextEncoder().encode(`${JSON.stringify(messageFrame(1, "né 👩‍👧 语"))}\n`)
      for (const byte of bytes) yield* child.print(Uint8Array.of(byte))
      expect(yield* session.notifications.take).toMatchObject({ params: { message: { text: "né 👩‍👧 语" } } })
    })
  )

  it.scoped("of nearly 8 MiB are taken", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      yield* child.say(messageFrame(1, "x".repeat(8 * 1024 * 1024 - 200)))
      expect(guidsOf([yield* session.notifications.take])).toEqual(["guid-1"])
    })
  )

  it.scoped("that nobody takes stop the reading, and lose nothing", () =>
    Effect.gen(function* () {
      const { child, session } = yield* openSession
      const count = 200
      yield* Effect.forEach(
        Array.from({ length: count }, (_, id) => messageFrame(id)),
        child.say
      )
      yield* TestClock.adjust("1 minute")
      expect(yield* session.notifications.size).toMatchObject({ value: 32 })
      const seen = yield* Effect.replicateEffect(session.notifications.take, count)
      expect(guidsOf(seen)).toEqual(Array.from({ length: count }, (_, id) => `guid-${id}`))
    })
  )
})

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

describe("the log", () => {
  it.effect("has no word of a message that does not decode", () =>
    Effect.gen(function* () {
      const log = yield* logged(
        Effect.scoped(
          Effect.gen(function* () {
            const { child, session } = yield* openSession
            yield* child.print(
              '{"method":"message","params":{"message":{"id":"a secret","text":"a secret"}}}\n'
            )
            yield* child.print('{"method":"a secret","params":{}}\n')
            yield* child.print('{"id":"a secret","error":"a secret"}\n')
            yield* child.print("a secret\n")
            yield* child.say(messageFrame(1))
            yield* session.notifications.take
          })
        )
      )
      expect(log).toContain("does not decode")
      expect(log).not.toContain("a secret")
    })
  )
})
