import { describe, expect, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Fiber, TestClock } from "effect"
import { lookForUnseen } from "../../../../src/programs/account/outbox/confirmSends.ts"
import { PartState } from "../../../../src/schemas/Delivery.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import { DeadLetters } from "../../../../src/services/DeadLetters.ts"
import { Outbox } from "../../../../src/services/Outbox.ts"
import { retryDelivery } from "../../../support/deadLetters.ts"
import {
  contentOf,
  makeMessages,
  makeOutbound,
  outboundOf,
  replyTo,
  services,
  statesOf,
  tagsOf
} from "../../../support/outbound.ts"

/** Messages that says of each send that it was done, names a row, and writes none. */
const ghosts = outboundOf(() => "ghost")

const look = (context: Parameters<typeof lookForUnseen>[0]) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => lookForUnseen(context, now, true))

const readsOf = (asked: ReadonlyArray<{ readonly method: string }>) =>
  asked.filter(({ method }) => method !== "send").length

describe("a part that imsg said was sent", () => {
  it.effect("is asked for by nobody where its row came by the watch, also before its answer", () =>
    Effect.gen(function* () {
      const { child, context, deliver } = yield* outboundOf()
      context.confirmations.saw({ guid: "guid-101", id: 101 })
      yield* deliver(replyTo(7, "d", "a", "b"))
      context.confirmations.saw({ guid: "guid-102", id: 102 })
      yield* look(context)
      expect(readsOf(yield* child.asked)).toBe(0)
      expect(yield* tagsOf("d")).toEqual(["Sent", "Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect(
    "is looked for where its row did not come, once for all parts of its chat, and then no more",
    () =>
      Effect.gen(function* () {
        const deadLetters = yield* DeadLetters
        const { child, context, deliver } = yield* outboundOf()
        yield* deliver(replyTo(7, "d", "a", "b", "c"))
        yield* look(context)
        yield* look(context)
        expect(readsOf(yield* child.asked)).toBe(1)
        expect(yield* tagsOf("d")).toEqual(["Sent", "Sent", "Sent"])
        expect(yield* deadLetters.all).toEqual([])
      }).pipe(Effect.provide(services))
  )

  it.effect("is in doubt and a dead letter where it is not in its chat, and is not sent again", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const { context, deliver, sends } = yield* ghosts
      yield* deliver(replyTo(7, "d", "a"))
      expect(yield* tagsOf("d")).toEqual(["Sent"])
      yield* look(context)
      const detail = "imsg answered that it was sent, and it is not in the chat"
      expect(yield* statesOf("d")).toEqual([PartState.Uncertain({ detail })])
      expect(yield* deadLetters.all).toMatchObject([{ code: "delivery_uncertain", message: detail }])
      yield* look(context)
      expect(yield* sends).toEqual(["a"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is sent again where its owner wants that, though its words had left the store by then", () =>
    Effect.gen(function* () {
      const { parts } = yield* Outbox
      const { context, deliver, sends } = yield* ghosts
      const delivery = replyTo(7, "d", "a", "b")
      yield* deliver(delivery)
      expect((yield* parts("d")).map(({ part }) => part)).toEqual([
        { _tag: "Text", text: "" },
        { _tag: "Text", text: "" }
      ])
      yield* look(context)
      yield* retryDelivery(1, { anyway: true })
      yield* deliver({ ...delivery, attempt: 1 })
      expect(yield* sends).toEqual(["a", "b", "a", "b"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is there where its words are, in a row of another name that is no other part", () =>
    Effect.gen(function* () {
      const messages = yield* makeMessages()
      const { context, deliver } = yield* makeOutbound({
        ...messages,
        answer: (asked) =>
          asked.method === "send" ? Effect.succeed({ ok: true, guid: "another" }) : messages.answer(asked)
      })
      yield* deliver(replyTo(7, "d", "a", "a"))
      yield* messages.write("a")
      yield* look(context)
      expect(yield* tagsOf("d")).toEqual(["Sent", "Uncertain"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is taken at imsg's word where its chat cannot be looked through", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const messages = yield* makeMessages(() => "ghost")
      const { context, deliver } = yield* makeOutbound({
        ...messages,
        answer: (asked) => {
          const reason = new RpcFailed({ method: asked.method, rpcCode: -32603, reason: "internal" })
          return asked.method === "messages.history" ? Effect.fail(reason) : messages.answer(asked)
        }
      })
      yield* deliver(replyTo(7, "d", "a"))
      yield* deliver({ ...replyTo(7, "e", "b"), target: { _tag: "ChatGuid", chatGuid: "iMessage;-;other" } })
      yield* look(context)
      expect([yield* tagsOf("d"), yield* tagsOf("e")]).toEqual([["Sent"], ["Sent"]])
      expect(yield* deadLetters.all).toEqual([])
      expect(context.confirmations.unseen(Number.POSITIVE_INFINITY)).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("is looked for once its delivery is over: a doubt is then in the letter, and stays in it", () =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      const messages = yield* makeMessages((_, content) => (content === "a" ? "ghost" : "sent"))
      const go = yield* Deferred.make<void>()
      const { context, deliver } = yield* makeOutbound({
        ...messages,
        answer: (asked) =>
          contentOf(asked) === "b"
            ? Effect.zipRight(Deferred.await(go), messages.answer(asked))
            : messages.answer(asked)
      })
      const delivering = yield* Effect.fork(deliver({ ...replyTo(7, "d", "a", "b"), attempt: 1 }))
      yield* TestClock.adjust(10)
      yield* look(context)
      expect(yield* deadLetters.all).toEqual([])
      yield* Deferred.succeed(go, undefined)
      yield* Fiber.join(delivering)
      yield* look(context)
      expect(yield* tagsOf("d")).toEqual(["Uncertain", "Sent"])
      expect(yield* deadLetters.all).toMatchObject([{ code: "delivery_uncertain" }])
    }).pipe(Effect.provide(services))
  )

  it.effect("is waited for where there is no imsg that could be asked", () =>
    Effect.gen(function* () {
      const { context, deliver } = yield* ghosts
      yield* deliver(replyTo(7, "d", "a"))
      yield* context.link.disconnect
      yield* look(context)
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})
