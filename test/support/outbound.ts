/** An account's deliveries over a child and a Messages that a test scripts, in virtual time. */
import { Effect, Fiber, Layer, Option, Random, Ref, Stream } from "effect"
import * as ChunkerLive from "../../src/layers/chunker/ChunkerLive.ts"
import * as DeadLettersSql from "../../src/layers/deadLetters/DeadLettersSql.ts"
import * as EchoesSql from "../../src/layers/echoes/EchoesSql.ts"
import * as PositionsSql from "../../src/layers/inbox/PositionsSql.ts"
import * as OutboxSql from "../../src/layers/outbox/OutboxSql.ts"
import * as LifecycleLive from "../../src/layers/process/LifecycleLive.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../src/programs/account/AccountContext.ts"
import { runSender } from "../../src/programs/account/outbox/sender.ts"
import type { Delivery } from "../../src/schemas/Delivery.ts"
import { type ChildStuck, PermissionDenied, RpcFailed } from "../../src/schemas/errors/imsg.ts"
import type { ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"
import { Accounts } from "../../src/services/Accounts.ts"
import { Events } from "../../src/services/Events.ts"
import type { RequestError } from "../../src/services/ImsgProcess.ts"
import { OutboundFiles } from "../../src/services/OutboundFiles.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { accountsOf } from "./accounts.ts"
import { type ConfigFileContent, configLayer, makeAccount } from "./configs.ts"
import { makeMessage } from "./envelopes.ts"
import { type Asked, makeChild } from "./fakeImsg.ts"

/** Staging is not what these tests are about: a file is sent from where it is. */
const filesInPlace = Layer.succeed(OutboundFiles, {
  stage: ({ source }) => Effect.succeed(source),
  receive: () => Effect.dieMessage("nothing comes in here"),
  here: (_, path) => Effect.succeedSome(path),
  release: () => Effect.void,
  releaseOthers: () => Effect.succeed(0)
})

/** A fresh gateway for each test: its store is in memory. */
export const services = Layer.mergeAll(
  filesInPlace,
  accountsOf(),
  ChunkerLive.layer,
  LifecycleLive.layer,
  Layer.mergeAll(PositionsSql.layer, OutboxSql.layer, DeadLettersSql.layer, EchoesSql.layer).pipe(
    Layer.provide(configLayer()),
    Layer.provideMerge(DatabaseSqlite.memory)
  )
)

/** Longer than the settle time and the pauses after it. */
export const LONG = "1 minute"

/** Pauses as long as they are without jitter, which are whole milliseconds. */
const NO_JITTER = Random.fixed([0.5])

/** A reply of some texts to a chat. */
export const replyTo = (chatId: number, id: string, ...texts: ReadonlyArray<string>): Delivery => ({
  id,
  accountId: "default",
  target: { _tag: "ChatId", chatId },
  replies: texts.map((text) => ({ text }))
})

/** What a send is for: the text, or the path of the file. */
export const contentOf = ({ params }: Asked): string => {
  if ("text" in params) return String(params.text)
  return "file" in params ? String(params.file) : ""
}

/** The sends among what was asked. */
export const sendsOf = (asked: ReadonlyArray<Asked>) => asked.filter(({ method }) => method === "send")

/** How a send goes, from the number of those before it in the test and what it is for. */
export type Script = (
  count: number,
  content: string
) => "sent" | "ghost" | "written" | "unnamed" | "empty" | "silent" | RequestError

/** The chat that all rows are in, and by what it can be named. */
export const CHAT = { id: 7, guid: "iMessage;-;+15555550101", identifier: "+15555550101" }

/** What a child answers to what only reads. */
const answerRead = ({ method }: Asked, rows: ReadonlyArray<ImsgMessage>, sendState: string): object => {
  switch (method) {
    case "chats.list":
      return { chats: [CHAT] }
    case "message.send_status":
      return { send_state: sendState }
    default:
      return { messages: rows }
  }
}

/**
 * Messages, with one child before it. `sent` answers with the new row, `unnamed` writes it and does not name it,
 * `empty` answers the same and writes nothing, `ghost` names a row that it does not write, `written` writes the row and never answers, `silent` does neither; an
 * error is answered and nothing is written.
 */
export const makeMessages = (script: Script = () => "sent", sendState = "sent") =>
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
          if (asked.method !== "send") return answerRead(asked, yield* Ref.get(rows), sendState)
          const content = contentOf(asked)
          const outcome = script(yield* Ref.getAndUpdate(count, (before) => before + 1), content)
          if (typeof outcome === "object") return yield* outcome
          if (outcome === "silent") return yield* Effect.never
          if (outcome === "empty") return { ok: true }
          if (outcome === "ghost") return { ok: true, guid: "no such row" }
          const row = yield* write(content)
          if (outcome === "unnamed") return { ok: true }
          return outcome === "sent" ? row : yield* Effect.never
        })
    }
  })

export type Messages = Effect.Effect.Success<ReturnType<typeof makeMessages>>

/** Accepts a delivery and waits for its end, which it may have had before. */
const awaitEnd = (delivery: Delivery, giveUpAt?: number) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const { listen } = yield* Events
    const heard = yield* listen
    yield* outbox.accept(delivery, giveUpAt === undefined ? {} : { giveUpAt })
    if (!(yield* outbox.waiting(1000)).some(({ id }) => id === delivery.id)) return
    yield* heard.pipe(
      Stream.filter(({ event }) => event._tag === "DeliveryEnded" && event.deliveryId === delivery.id),
      Stream.runHead
    )
  }).pipe(Effect.scoped)

/** The deliveries of an account over a child of these Messages. */
export const makeOutbound = (
  messages: Pick<Messages, "answer">,
  imessage: ConfigFileContent = {},
  methods: ReadonlyArray<string> = ["message.send_status"]
) =>
  Effect.gen(function* () {
    const child = yield* makeChild({ answer: messages.answer, methods })
    const context = yield* AccountContext.make(makeAccount(imessage))
    const sender = yield* Effect.fork(
      runSender(context.account.id, Effect.succeed(context)).pipe(Effect.scoped, Effect.withRandom(NO_JITTER))
    )
    const reasons = yield* Ref.make<ReadonlyArray<ChildStuck>>([])
    const nextChild: Effect.Effect<never> = Effect.gen(function* () {
      const condemned = yield* context.link.connect(child.session)
      const reason = yield* Effect.flip(condemned)
      yield* Ref.update(reasons, (seen) => [...seen, reason])
    }).pipe(Effect.forever)
    yield* Effect.fork(nextChild)
    yield* Effect.yieldNow()
    return {
      child,
      context,
      /** Accepts a delivery, and waits for its end. */
      deliver: (delivery: Delivery, giveUpAt?: number) => awaitEnd(delivery, giveUpAt),
      /** Ends the sending, wherever it is. */
      stop: Fiber.interrupt(sender),
      sends: Effect.map(child.asked, (asked) => sendsOf(asked).map(contentOf)),
      /** The reason why the child was replaced, if it was; the next one is the same again. */
      condemned: Effect.map(Ref.get(reasons), ([first]) => Option.fromNullable(first))
    }
  })

/** The same, with the Messages that go by a script. */
export const outboundOf = (script?: Script, imessage?: ConfigFileContent) =>
  Effect.flatMap(makeMessages(script), (messages) =>
    Effect.map(makeOutbound(messages, imessage), (outbound) => ({ ...outbound, messages }))
  )

/** The states of the parts of a delivery, as the outbox has them. */
export const statesOf = (deliveryId: string) =>
  Effect.flatMap(Outbox, ({ parts }) =>
    Effect.map(parts(deliveryId), (records) => records.map(({ state }) => state))
  )

/** The names of those states. */
export const tagsOf = (deliveryId: string) =>
  Effect.map(statesOf(deliveryId), (states) => states.map(({ _tag }) => _tag))

/** The status of the account. */
export const status = Effect.flatMap(Accounts, ({ get }) => Effect.map(get("default"), Option.getOrThrow))

/** Whether a fiber has ended. */
export const isOver = <A, E>(fiber: Fiber.RuntimeFiber<A, E>) => Effect.map(Fiber.poll(fiber), Option.isSome)

/** Answers of a child that will not send. */
export const denied = new PermissionDenied({
  permission: "Automation",
  detail: "Not authorized to send Apple events to Messages. (-1743)"
})
export const refused = new RpcFailed({ method: "send", rpcCode: -32602, reason: "no such chat" })
export const deliveryFailed = (disposition: string, retrySafe = false) =>
  new RpcFailed({
    method: "send",
    rpcCode: -32001,
    reason: "delivery failed",
    data: { retry_safe: retrySafe, disposition }
  })
export const busy = new RpcFailed({ method: "send", rpcCode: -32000, reason: "busy" })
export const blocked = new RpcFailed({ method: "send", rpcCode: -32004, reason: "a mutation is in flight" })
