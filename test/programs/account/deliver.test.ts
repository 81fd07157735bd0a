import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Option, Ref, TestClock } from "effect"
import * as AccountsLive from "../../../src/layers/AccountsLive.ts"
import * as ChunkerLive from "../../../src/layers/ChunkerLive.ts"
import * as JournalSqlite from "../../../src/layers/JournalSqlite.ts"
import * as LifecycleLive from "../../../src/layers/LifecycleLive.ts"
import * as Database from "../../../src/layers/sqlite/Database.ts"
import * as AccountContext from "../../../src/programs/account/AccountContext.ts"
import { makeDeliver } from "../../../src/programs/account/deliver.ts"
import { type Delivery, PartState } from "../../../src/schemas/Delivery.ts"
import { ChildExited, PermissionDenied, RpcFailed, RpcTimeout } from "../../../src/schemas/Errors.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import type { RequestError } from "../../../src/services/ImsgProcess.ts"
import { Journal } from "../../../src/services/Journal.ts"
import { Lifecycle } from "../../../src/services/Lifecycle.ts"
import { type ConfigFileContent, configLayer, makeAccount } from "../../support/configs.ts"
import { makeMessage } from "../../support/envelopes.ts"
import { type Asked, COMMAND, makeChild } from "../../support/fakeImsg.ts"

/** A fresh gateway for each test: its store is in memory. */
const services = Layer.mergeAll(
  AccountsLive.layer.pipe(Layer.provide(configLayer())),
  ChunkerLive.layer,
  LifecycleLive.layer,
  JournalSqlite.layer.pipe(Layer.provideMerge(Database.memory))
)

/** Longer than the settle time and the pauses after it. */
const LONG = "1 minute"

const replyTo = (chatId: number, id: string, ...texts: ReadonlyArray<string>): Delivery => ({
  id,
  accountId: "default",
  target: { _tag: "ChatId", chatId },
  replies: texts.map((text) => ({ text }))
})

/** What a send is for: the text, or the path of the file. */
const contentOf = ({ params }: Asked): string => {
  if ("text" in params) return String(params.text)
  return "file" in params ? String(params.file) : ""
}

const sendsOf = (asked: ReadonlyArray<Asked>) => asked.filter(({ method }) => method === "send")

/** How a send goes, from the number of those before it in the test and what it is for. */
type Script = (count: number, content: string) => "sent" | "written" | "silent" | RequestError

/**
 * Messages, with one child before it. `sent` answers with the new row, `written` writes the row and never answers,
 * `silent` does neither; an error is answered and nothing is written.
 */
const makeMessages = (script: Script = () => "sent") =>
  Effect.gen(function* () {
    const rows = yield* Ref.make<ReadonlyArray<ImsgMessage>>([])
    const count = yield* Ref.make(0)
    const write = (text: string) =>
      Ref.modify(rows, (all) => {
        const id = 101 + all.length
        return [{ id, guid: `guid-${id}` }, [makeMessage({ id, is_from_me: true, text }), ...all]]
      })
    return {
      rows: Ref.get(rows),
      write,
      answer: (asked: Asked) =>
        Effect.gen(function* () {
          if (asked.method !== "send") return { messages: yield* Ref.get(rows) }
          const content = contentOf(asked)
          const outcome = script(yield* Ref.getAndUpdate(count, (before) => before + 1), content)
          if (outcome === "silent") return yield* Effect.never
          if (outcome !== "sent" && outcome !== "written") return yield* outcome
          const row = yield* write(content)
          return outcome === "sent" ? row : yield* Effect.never
        })
    }
  })

type Messages = Effect.Effect.Success<ReturnType<typeof makeMessages>>

/** The deliveries of an account over a child of these Messages. */
const makeOutbound = (messages: Messages, imessage: ConfigFileContent = {}) =>
  Effect.gen(function* () {
    const child = yield* makeChild({ answer: messages.answer })
    const context = yield* AccountContext.make(makeAccount(imessage))
    const condemned = yield* Effect.fork(yield* context.link.connect(child.session))
    return {
      child,
      context,
      deliver: makeDeliver(context),
      sends: Effect.map(child.asked, (asked) => sendsOf(asked).map(contentOf)),
      /** The reason why the child is to be replaced, if it is. */
      condemned: Effect.map(
        Fiber.poll(condemned),
        Option.flatMap((exit) => Exit.causeOption(exit))
      )
    }
  })

const outboundOf = (script?: Script, imessage?: ConfigFileContent) =>
  Effect.flatMap(makeMessages(script), (messages) =>
    Effect.map(makeOutbound(messages, imessage), (outbound) => ({ ...outbound, messages }))
  )

const statesOf = (deliveryId: string) =>
  Effect.flatMap(Journal, ({ parts }) =>
    Effect.map(parts(deliveryId), (records) => records.map(({ state }) => state))
  )

const tagsOf = (deliveryId: string) =>
  Effect.map(statesOf(deliveryId), (states) => states.map(({ _tag }) => _tag))

const status = Effect.flatMap(Accounts, ({ get }) => Effect.map(get("default"), Option.getOrThrow))

const isOver = <A, E>(fiber: Fiber.RuntimeFiber<A, E>) => Effect.map(Fiber.poll(fiber), Option.isSome)

const denied = new PermissionDenied({
  permission: "Automation",
  program: COMMAND,
  detail: "Not authorized to send Apple events to Messages. (-1743)"
})
const refused = new RpcFailed({ method: "send", rpcCode: -32602, reason: "no such chat" })
const exited = new ChildExited({ command: COMMAND, stderr: "" })
const deliveryFailed = (disposition: string, retrySafe = false) =>
  new RpcFailed({
    method: "send",
    rpcCode: -32001,
    reason: "delivery failed",
    data: { retry_safe: retrySafe, disposition }
  })
const blocked = new RpcFailed({ method: "send", rpcCode: -32004, reason: "a mutation is in flight" })

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
  const long = replyTo(7, "d", "aaaa bbbb cccc")

  for (const textChunkLimit of [14, 9, 2]) {
    it.effect(`keeps its parts where the limit of a chunk is then ${textChunkLimit} instead of 4`, () =>
      Effect.gen(function* () {
        const messages = yield* makeMessages((count) => (count === 1 ? "silent" : "sent"))
        const before = yield* makeOutbound(messages, { textChunkLimit: 4 })
        const cutOff = yield* Effect.fork(before.deliver(long))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(cutOff)
        const after = yield* makeOutbound(messages, { textChunkLimit })
        const fiber = yield* Effect.fork(after.deliver(long))
        yield* TestClock.adjust(LONG)
        yield* Fiber.join(fiber)
        expect(yield* after.sends).toEqual(["bbbb", "cccc"])
      }).pipe(Effect.provide(services))
    )
  }

  const trying = { index: 0, part: { _tag: "Text", text: "a" }, tries: 1 } as const
  const leftSending = Effect.gen(function* () {
    const { putPart } = yield* Journal
    yield* TestClock.setTime(1_000_000)
    yield* putPart(replyTo(7, "d", "a"), {
      ...trying,
      state: PartState.Sending({ triedAt: 900_000, afterRowId: 100 })
    })
  })

  it.effect("in the middle of a send is not sent again where the row is there", () =>
    Effect.gen(function* () {
      yield* leftSending
      const { child, deliver, messages } = yield* outboundOf()
      yield* messages.write("a")
      yield* deliver(replyTo(7, "d", "a"))
      expect((yield* child.asked).map(({ method }) => method)).toEqual(["messages.history"])
      expect(yield* statesOf("d")).toEqual([PartState.Sent({ guid: "guid-101", rowId: 101 })])
    }).pipe(Effect.provide(services))
  )

  it.effect("in the middle of a send is sent once more, after a look, where the row is not there", () =>
    Effect.gen(function* () {
      yield* leftSending
      const { child, deliver } = yield* outboundOf()
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect((yield* child.asked).map(({ method }) => method)).toEqual(["messages.history", "send"])
    }).pipe(Effect.provide(services))
  )

  it.effect("in the middle of the last try is not sent again", () =>
    Effect.gen(function* () {
      yield* leftSending
      const { putPart } = yield* Journal
      yield* putPart(replyTo(7, "d", "a"), {
        ...trying,
        tries: 2,
        state: PartState.Sending({ triedAt: 900_000, afterRowId: 100 })
      })
      const { deliver, sends } = yield* outboundOf()
      yield* deliver(replyTo(7, "d", "a"))
      expect(yield* sends).toEqual([])
      expect(yield* tagsOf("d")).toEqual(["Failed"])
    }).pipe(Effect.provide(services))
  )
})

describe("the deliveries of an account", () => {
  const notForSeven: Script = (_, content) => (content.startsWith("seven") ? denied : "sent")

  it.effect("to one chat go out in order, and to another beside them", () =>
    Effect.gen(function* () {
      const isAllowed = yield* Ref.make(false)
      const messages = yield* makeMessages()
      const gated: Messages = {
        ...messages,
        answer: (asked) =>
          Effect.flatMap(Ref.get(isAllowed), (allowed) =>
            allowed || notForSeven(0, contentOf(asked)) === "sent" ? messages.answer(asked) : denied
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
      const database = yield* Database.Database
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
      expect((yield* status).queued).toBe(2)
      yield* TestClock.adjust(LONG)
      yield* Fiber.joinAll(fibers)
      expect((yield* status).queued).toBe(0)
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
      const { deadLetters } = yield* Journal
      const { deliver, sends } = yield* outboundOf((_, content) => (content === "b" ? refused : "sent"))
      const delivery = replyTo(7, "d", "a", "b", "c")
      yield* deliver(delivery)
      expect(yield* sends).toEqual(["a", "b"])
      expect(yield* statesOf("d")).toEqual([
        PartState.Sent({ guid: "guid-101", rowId: 101 }),
        PartState.Failed({ detail: refused.message }),
        PartState.Failed({ detail: "an earlier part failed" })
      ])
      expect(yield* deadLetters).toMatchObject([
        { id: "d", kind: "delivery", message: refused.message, payload: delivery }
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

  it.effect("twice, with no row, is a part that failed", () =>
    Effect.gen(function* () {
      const { deadLetters } = yield* Journal
      const { deliver, sends } = yield* outboundOf(() => exited)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(["a", "a"])
      expect(yield* statesOf("d")).toEqual([
        PartState.Failed({ detail: "it was tried 2 times and is not in the chat" })
      ])
      expect((yield* deadLetters).map(({ id }) => id)).toEqual(["d"])
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
      const { deadLetters } = yield* Journal
      const { deliver, sends } = yield* outboundOf((count) => (count === 0 ? exited : "sent"))
      const target = { _tag: "ChatGuid", chatGuid: "g" } as const
      yield* deliver({ ...replyTo(7, "d", "a", "b"), target })
      expect(yield* sends).toEqual(["a", "b"])
      expect(yield* tagsOf("d")).toEqual(["Uncertain", "Sent"])
      expect(yield* deadLetters).toEqual([])
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
    { what: "the child was busy", error: new RpcFailed({ method: "send", rpcCode: -32000, reason: "busy" }) },
    { what: "an earlier one blocks it", error: blocked }
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
