import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Ref, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { Lifecycle } from "../../../src/services/Lifecycle.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { makeChild } from "../../support/fakeImsg.ts"
import {
  contentOf,
  denied,
  isOver,
  LONG,
  type Messages,
  makeMessages,
  makeOutbound,
  outboundOf,
  refused,
  replyTo,
  sendsOf,
  services,
  statesOf,
  tagsOf
} from "../../support/outbound.ts"

describe("the parts of a delivery", () => {
  it.effect("go out in order: of each reply its text, then its files", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf()
      yield* deliver({
        ...replyTo(7, "d", "a"),
        replies: [{ text: "a", media: ["/tmp/1.png", "/tmp/2.png"] }, { text: "b" }]
      })
      expect(yield* sends).toEqual(["a", "/tmp/1.png", "/tmp/2.png", "b"])
    }).pipe(Effect.provide(services))
  )

  it.effect("are not begun before the one before them is known", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf(() => "silent")
      yield* Effect.fork(deliver(replyTo(7, "d", "a", "b")))
      yield* TestClock.adjust("50 seconds")
      expect(yield* sends).toEqual(["a"])
      expect(yield* tagsOf("d")).toEqual(["Sending", "Queued"])
    }).pipe(Effect.provide(services))
  )

  it.effect("are known afterwards with the guids and rows of what was sent", () =>
    Effect.gen(function* () {
      const { deliver } = yield* outboundOf()
      yield* deliver(replyTo(7, "d", "a", "b"))
      expect(yield* statesOf("d")).toEqual([
        PartState.Sent({ guid: "guid-101", rowId: 101 }),
        PartState.Sent({ guid: "guid-102", rowId: 102 })
      ])
    }).pipe(Effect.provide(services))
  )

  it.effect("are sent once, however often the delivery comes", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf()
      yield* deliver(replyTo(7, "d", "a", "b"))
      yield* deliver(replyTo(7, "d", "a", "b"))
      expect(yield* sends).toEqual(["a", "b"])
    }).pipe(Effect.provide(services))
  )

  it.effect("are none of a reply without content", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf()
      yield* deliver({ ...replyTo(7, "d"), replies: [{}, { text: "  " }] })
      expect(yield* sends).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("go to the target of the delivery", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* outboundOf(undefined, { region: "CH" })
      const target = { _tag: "Handle", handle: "+15555550101", service: "sms" } as const
      yield* deliver({ ...replyTo(7, "d", "a"), target })
      expect(yield* child.asked).toEqual([
        { method: "send", params: { to: "+15555550101", service: "sms", region: "CH", text: "a" } }
      ])
    }).pipe(Effect.provide(services))
  )
})

describe("a delivery that was cut off", () => {
  const long = replyTo(7, "d", "aaaaaaaaaaaa bbbbbbbbbbbb cccccccccccc")

  for (const textChunkLimit of [38, 25, 10]) {
    it.effect(`keeps its parts where the limit of a chunk is then ${textChunkLimit} instead of 12`, () =>
      Effect.gen(function* () {
        const messages = yield* makeMessages((count) => (count === 1 ? "silent" : "sent"))
        const before = yield* makeOutbound(messages, { textChunkLimit: 12 })
        yield* Effect.fork(before.deliver(long))
        yield* TestClock.adjust("1 second")
        yield* before.stop
        const after = yield* makeOutbound(messages, { textChunkLimit })
        const fiber = yield* Effect.fork(after.deliver(long))
        yield* TestClock.adjust(LONG)
        yield* Fiber.join(fiber)
        expect(yield* after.sends).toEqual(["bbbbbbbbbbbb", "cccccccccccc"])
      }).pipe(Effect.provide(services))
    )
  }

  const trying = { index: 0, part: { _tag: "Text", text: "a" }, tries: 1 } as const
  const leftSending = Effect.gen(function* () {
    const { putParts } = yield* Outbox
    yield* TestClock.setTime(1_000_000)
    yield* putParts(replyTo(7, "d", "a"), [
      {
        ...trying,
        state: PartState.Sending({ triedAt: 900_000, afterRowId: 100 })
      }
    ])
  })

  it.effect("in the middle of a send is not sent again where the row is there", () =>
    Effect.gen(function* () {
      yield* leftSending
      const { deliver, messages, sends } = yield* outboundOf()
      yield* messages.write("a")
      yield* deliver(replyTo(7, "d", "a"))
      expect(yield* sends).toEqual([])
      expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: "guid-101", rowId: 101 })])
    }).pipe(Effect.provide(services))
  )

  it.effect(
    "in the middle of a send is sent once more where the row does not come within the settle time",
    () =>
      Effect.gen(function* () {
        yield* leftSending
        const { deliver, sends } = yield* outboundOf()
        const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
        yield* TestClock.adjust("9 seconds")
        expect(yield* sends).toEqual([])
        yield* TestClock.adjust(LONG)
        yield* Fiber.join(fiber)
        expect(yield* sends).toEqual(["a"])
        expect(yield* tagsOf("d")).toEqual(["Sent"])
      }).pipe(Effect.provide(services))
  )

  it.effect("in the middle of the last try is not sent again", () =>
    Effect.gen(function* () {
      yield* leftSending
      const { putParts } = yield* Outbox
      yield* putParts(replyTo(7, "d", "a"), [
        {
          ...trying,
          tries: 2,
          state: PartState.Sending({ triedAt: 900_000, afterRowId: 100 })
        }
      ])
      const { deliver, sends } = yield* outboundOf()
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual([])
      expect(yield* tagsOf("d")).toEqual(["Failed"])
    }).pipe(Effect.provide(services))
  )
})

describe("a delivery that is tried again", () => {
  it.effect("leaves the parts that were said as they are where an earlier one fails again", () =>
    Effect.gen(function* () {
      const { putParts } = yield* Outbox
      const delivery = replyTo(7, "d", "a", "b", "c", "d")
      const said = PartState.Sent({ guid: "guid-5", rowId: 5 })
      const doubtful = PartState.Uncertain({ detail: "lost" })
      const states = [PartState.Queued(), said, doubtful, PartState.Queued()]
      yield* putParts(
        delivery,
        states.map((state, index) => ({
          index,
          state,
          tries: 0,
          part: { _tag: "Text", text: String(index) }
        }))
      )
      const { deliver, sends } = yield* outboundOf(() => refused)
      yield* deliver(delivery)
      expect(yield* sends).toEqual(["0"])
      expect(yield* statesOf("d")).toEqual([
        PartState.Failed({ detail: refused.message }),
        said,
        doubtful,
        PartState.Failed({ detail: "an earlier part failed" })
      ])
    }).pipe(Effect.provide(services))
  )
})

describe("the deliveries of an account", () => {
  it.effect("to one chat go out in order, and to another beside them", () =>
    Effect.gen(function* () {
      const isAllowed = yield* Ref.make(false)
      const messages = yield* makeMessages()
      const gated: Messages = {
        ...messages,
        answer: (asked) =>
          Effect.flatMap(Ref.get(isAllowed), (allowed) =>
            allowed || contentOf(asked) === "eight" ? messages.answer(asked) : denied
          )
      }
      const { deliver } = yield* makeOutbound(gated)
      for (const [chatId, id] of [
        [7, "seven-1"],
        [7, "seven-2"],
        [8, "eight"]
      ] as const) {
        yield* Effect.fork(deliver(replyTo(chatId, id, id)))
        yield* Effect.yieldNow()
      }
      yield* TestClock.adjust("10 seconds")
      expect((yield* messages.rows).map(({ text }) => text)).toEqual(["eight"])
      yield* Ref.set(isAllowed, true)
      yield* TestClock.adjust(LONG)
      expect((yield* messages.rows).map(({ text }) => text)).toEqual(["seven-2", "seven-1", "eight"])
    }).pipe(Effect.provide(services))
  )

  it.effect("are sent one at a time: a child does them one after the other anyway", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf(() => "silent")
      yield* Effect.fork(deliver(replyTo(7, "d-1", "a")))
      yield* Effect.fork(deliver(replyTo(8, "d-2", "b")))
      yield* TestClock.adjust("50 seconds")
      expect(yield* sends).toEqual(["a"])
    }).pipe(Effect.provide(services))
  )

  it.effect("keep their order while the store cannot be written, and nothing is sent", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const onStore = (sql: string) => database.write(() => database.prepare(sql).run())
      yield* onStore(`CREATE TRIGGER full BEFORE INSERT ON parts WHEN NEW.delivery_id = 'first'
                      BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
      const { deliver, sends } = yield* outboundOf()
      const deliveries = [replyTo(7, "first", "a"), replyTo(7, "second", "b"), replyTo(8, "third", "c")]
      const fibers = []
      for (const delivery of deliveries) {
        fibers.push(yield* Effect.fork(deliver(delivery)))
        yield* Effect.yieldNow()
      }
      yield* TestClock.adjust(LONG)
      expect(yield* sends).toEqual(["c"])
      yield* onStore("DROP TRIGGER full")
      yield* TestClock.adjust(LONG)
      yield* Fiber.joinAll(fibers)
      expect(yield* sends).toEqual(["c", "a", "b"])
    }).pipe(Effect.provide(services))
  )

  it.effect("are counted as long as they are not finished", () =>
    Effect.gen(function* () {
      const { deliver } = yield* outboundOf((count) => (count === 0 ? denied : "sent"))
      const fibers = [
        yield* Effect.fork(deliver(replyTo(7, "d-1", "a"))),
        yield* Effect.fork(deliver(replyTo(7, "d-2", "b")))
      ]
      yield* TestClock.adjust(1)
      const { counts } = yield* Outbox
      expect(yield* counts).toEqual(new Map([["default", 2]]))
      yield* TestClock.adjust(LONG)
      yield* Fiber.joinAll(fibers)
      expect(yield* counts).toEqual(new Map())
    }).pipe(Effect.provide(services))
  )

  it.effect("wait for a child where there is none", () =>
    Effect.gen(function* () {
      const { context, deliver } = yield* outboundOf()
      yield* context.link.disconnect
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("1 hour")
      expect(yield* isOver(fiber)).toBe(false)
      const next = yield* makeChild({ answer: (yield* makeMessages()).answer })
      yield* context.link.connect(next.session)
      yield* Fiber.join(fiber)
      expect(sendsOf(yield* next.asked)).toHaveLength(1)
    }).pipe(Effect.provide(services))
  )

  it.effect("begin no part once the gateway stops, and finish the one that is begun", () =>
    Effect.gen(function* () {
      const { stop } = yield* Lifecycle
      const messages = yield* makeMessages()
      const { deliver, sends } = yield* makeOutbound({
        ...messages,
        answer: (asked) => Effect.delay(messages.answer(asked), "5 seconds")
      })
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a", "b")))
      yield* TestClock.adjust("1 second")
      const stopping = yield* Effect.fork(stop(15_000))
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.join(stopping)).toBe(true)
      yield* TestClock.adjust(LONG)
      expect(yield* sends).toEqual(["a"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Queued"])
      expect(yield* isOver(fiber)).toBe(false)
    }).pipe(Effect.provide(services))
  )
})
