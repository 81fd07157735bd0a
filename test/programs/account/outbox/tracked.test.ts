/** Sends whose row has a guid of our choice. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Ref, TestClock } from "effect"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import type { RequestError } from "../../../../src/services/ImsgProcess.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { type Asked, exited } from "../../../support/fakeImsg.ts"
import {
  busy,
  LONG,
  makeMessages,
  makeOutbound,
  replyTo,
  services,
  statesOf,
  tagsOf
} from "../../../support/outbound.ts"

const gone = new RpcFailed({ method: "send.tracked", rpcCode: -32003, reason: "no bridge" })

const notBegun = new RpcFailed({
  method: "send.tracked",
  rpcCode: -32603,
  reason: "Delivery failed before dispatch",
  data: { retry_safe: true, disposition: "not_started", detail: "The bridge is not started." }
})

const attemptOf = ({ params }: Asked): string => ("attempt_id" in params ? String(params.attempt_id) : "")

/** A child with the bridge. `result` is what becomes of the tracked send of a number; its row is written before. */
const tracking = (result: (count: number) => "sent" | RequestError, writes = true) =>
  Effect.gen(function* () {
    const messages = yield* makeMessages()
    const rows = yield* Ref.make<ReadonlyArray<ImsgMessage>>([])
    const count = yield* Ref.make(0)
    const answer = (asked: Asked) =>
      Effect.gen(function* () {
        if (asked.method === "messages.history") return { messages: yield* Ref.get(rows) }
        if (asked.method !== "send.tracked") return yield* messages.answer(asked)
        const outcome = result(yield* Ref.getAndUpdate(count, (before) => before + 1))
        const guid = attemptOf(asked)
        // Messages may change the words on their way.
        const row = makeMessage({ id: 200, guid: guid.toUpperCase(), is_from_me: true, text: "other words" })
        if (writes) yield* Ref.update(rows, (all) => [row, ...all])
        return outcome === "sent" ? { ok: true, guid } : yield* outcome
      })
    return yield* makeOutbound({ ...messages, answer }, {}, ["message.send_status", "send.tracked"])
  })

describe("a part that is sent under a guid of ours", () => {
  it.effect("is known by it", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* tracking(() => "sent")
      yield* deliver(replyTo(7, "d", "a"))
      const [asked] = yield* child.asked
      expect(asked).toMatchObject({ method: "send.tracked", params: { chat_id: 7, text: "a" } })
      expect(yield* statesOf("d")).toMatchObject([{ _tag: "Sent", guid: asked && attemptOf(asked) }])
    }).pipe(Effect.provide(services))
  )

  it.effect("is found by it where its result is lost, whatever its row says", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* tracking(() => exited)
      yield* deliver(replyTo(7, "d", "a"))
      expect((yield* child.asked).filter(({ method }) => method.startsWith("send"))).toHaveLength(1)
      expect(yield* statesOf("d")).toMatchObject([{ _tag: "Sent", rowId: 200 }])
    }).pipe(Effect.provide(services))
  )

  it.effect("goes without one when it is tried again: both rows are known by their words then", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* tracking(() => exited, false)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      const sends = (yield* child.asked).filter(({ method }) => method.startsWith("send"))
      expect(sends.map(({ method }) => method)).toEqual(["send.tracked", "send"])
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("has none where it goes to a handle: there may be no chat with it yet", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* tracking(() => "sent")
      const target = { _tag: "Handle", handle: "+15555550101", service: "auto" } as const
      yield* deliver({ ...replyTo(7, "d", "a"), target })
      expect((yield* child.asked).map(({ method }) => method)).toEqual(["send"])
    }).pipe(Effect.provide(services))
  )

  it.effect("has another one where the child was only busy", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* tracking((count) => (count === 0 ? busy : "sent"), false)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a")))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      const sends = yield* child.asked
      expect(sends.map(({ method }) => method)).toEqual(["send.tracked", "send.tracked"])
      expect(new Set(sends.map(attemptOf)).size).toBe(2)
    }).pipe(Effect.provide(services))
  )

  it.effect("goes without it at once where it was not begun: nobody waits for a bridge", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* tracking(() => notBegun, false)
      yield* deliver(replyTo(7, "d", "a"))
      expect((yield* child.asked).map(({ method }) => method)).toEqual(["send.tracked", "send"])
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("goes without it where the bridge is gone meanwhile", () =>
    Effect.gen(function* () {
      const { child, deliver } = yield* tracking(() => gone, false)
      const fiber = yield* Effect.fork(deliver(replyTo(7, "d", "a", "b")))
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect((yield* child.asked).map(({ method }) => method)).toEqual(["send.tracked", "send", "send"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Sent"])
    }).pipe(Effect.provide(services))
  )
})
