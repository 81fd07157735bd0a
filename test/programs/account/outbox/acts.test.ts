/** What is said and done over the private bridge, and what is left of it where that is not there. */
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Fiber, Option, Ref, Stream, TestClock } from "effect"
import { PAUSE_MS, PAUSED } from "../../../../src/programs/account/bridgePause.ts"
import type { Act } from "../../../../src/schemas/Act.ts"
import type { Delivery } from "../../../../src/schemas/Delivery.ts"
import { RpcFailed, RpcTimeout } from "../../../../src/schemas/errors/imsg.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { Accounts } from "../../../../src/services/Accounts.ts"
import { DeadLetters } from "../../../../src/services/DeadLetters.ts"
import { Events } from "../../../../src/services/Events.ts"
import type { RequestError } from "../../../../src/services/ImsgProcess.ts"
import { Outbox } from "../../../../src/services/Outbox.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { exited } from "../../../support/fakeImsg.ts"
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

const BRIDGE = ["send.rich", "send.attachment", "poll.send", "tapback", "message.edit", "message.send_status"]
const LIKE: Act = { _tag: "React", guid: "m", reaction: "like" }
const EDIT: Act = { _tag: "Edit", guid: "m", text: "better" }

const gone = new RpcFailed({ method: "tapback", rpcCode: -32003, reason: "no bridge" })
const notThere = new RpcFailed({
  method: "send.rich",
  rpcCode: -32603,
  reason: "Delivery failed before dispatch",
  data: { retry_safe: true, disposition: "not_started", detail: "message not found" }
})

/** A child whose bridge answers each of its requests so; the message that is acted on is `m`. */
const bridged = (result: (method: string, count: number) => object | RequestError, has = BRIDGE) =>
  Effect.gen(function* () {
    const messages = yield* makeMessages()
    const reactions = yield* Ref.make<NonNullable<ImsgMessage["reactions"]>>([])
    const count = yield* Ref.make(0)
    const outbound = yield* makeOutbound(
      {
        answer: (asked) =>
          Effect.gen(function* () {
            if (asked.method === "messages.history") {
              const acted = makeMessage({
                id: 5,
                guid: "m",
                text: "good",
                reactions: yield* Ref.get(reactions)
              })
              return { messages: [...(yield* messages.rows), acted] }
            }
            if (asked.method === "message.send_status" || !has.includes(asked.method))
              return yield* messages.answer(asked)
            const outcome = result(asked.method, yield* Ref.getAndUpdate(count, (before) => before + 1))
            return outcome instanceof Error ? yield* Effect.fail(outcome) : outcome
          })
      },
      {},
      has
    )
    /** The requests that change something, by their names. */
    const changes = Effect.map(outbound.child.asked, (asked) =>
      asked
        .map(({ method }) => method)
        .filter((method) => method === "send" || (has.includes(method) && method !== "message.send_status"))
    )
    return { ...outbound, reactions, changes }
  })

/** Waits for the end of a delivery, however long it waits for what. */
const carried = (
  outbound: Pick<Effect.Effect.Success<ReturnType<typeof bridged>>, "deliver">,
  delivery: Delivery
) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(outbound.deliver(delivery))
    yield* TestClock.adjust(LONG)
    yield* Fiber.join(fiber)
  })

const letters = Effect.flatMap(DeadLetters, ({ all }) => all)

describe("what is said with more than words", () => {
  const thread = { ...replyTo(7, "d"), replies: [{ text: "a", replyTo: "m" }] }
  const rows: ReadonlyArray<readonly [string, RequestError, ReadonlyArray<string>]> = [
    ["goes without it where the message that is answered is not there", notThere, ["send.rich", "send"]],
    ["goes without it where the bridge is gone", gone, ["send.rich", "send"]],
    ["waits and keeps it where imsg is only busy", busy, ["send.rich", "send.rich"]]
  ]
  for (const [what, error, expected] of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const outbound = yield* bridged((_, count) => (count === 0 ? error : { ok: true, guid: "g" }))
        yield* carried(outbound, thread)
        expect(yield* outbound.changes).toEqual(expected)
        expect(yield* tagsOf("d")).toEqual(["Sent"])
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("asks no more for a bridge that is gone, until the child says that it is back", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => gone)
      yield* carried(outbound, { ...thread, replies: [...thread.replies, { text: "b", replyTo: "m" }] })
      expect(yield* outbound.changes).toEqual(["send.rich", "send", "send"])
    }).pipe(Effect.provide(services))
  )

  it.effect("a poll goes as a text where it is refused", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => gone)
      const poll = { question: "Where?", options: ["here", "there"] }
      yield* carried(outbound, { ...replyTo(7, "d"), replies: [{ poll }] })
      expect(yield* outbound.sends).toEqual(["Where?\n1. here\n2. there"])
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )
})

describe("what is done", () => {
  const acting = (...acts: ReadonlyArray<Act>): Delivery => ({ ...replyTo(7, "d", "a"), acts })

  it.effect("follows what is said", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => ({ ok: true }))
      yield* carried(outbound, acting(LIKE, EDIT))
      expect(yield* outbound.changes).toEqual(["send", "tapback", "message.edit"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Sent", "Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is left out where there is no bridge, and what is said goes", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => ({ ok: true }), [])
      yield* carried(outbound, acting(LIKE))
      expect(yield* outbound.changes).toEqual(["send"])
      expect(yield* statesOf("d")).toMatchObject([
        { _tag: "Sent" },
        { _tag: "LeftOut", detail: "this Mac's imsg cannot do it (tapback): it needs the private bridge" }
      ])
      expect(yield* letters).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect(
    "is left out where the bridge goes between the question and the answer, and what follows too",
    () =>
      Effect.gen(function* () {
        const outbound = yield* bridged(() => gone)
        yield* carried(outbound, acting(LIKE, EDIT))
        expect(yield* outbound.changes).toEqual(["send", "tapback"])
        expect(yield* tagsOf("d")).toEqual(["Sent", "LeftOut", "LeftOut"])
        expect(yield* letters).toEqual([])
      }).pipe(Effect.provide(services))
  )

  it.effect("by itself is told as left out", () =>
    Effect.gen(function* () {
      const { listen } = yield* Events
      const heard = yield* listen
      const outbound = yield* bridged(() => ({ ok: true }), [])
      yield* carried(outbound, { ...replyTo(7, "d"), acts: [LIKE] })
      const told = yield* heard.pipe(
        Stream.filterMap(({ event }) =>
          event._tag === "PartSettled" || event._tag === "DeliveryEnded"
            ? Option.some(event.outcome)
            : Option.none()
        ),
        Stream.take(2),
        Stream.runCollect
      )
      expect(Chunk.toReadonlyArray(told)).toEqual(["left-out", "left-out"])
    }).pipe(Effect.scoped, Effect.provide(services))
  )

  it.effect("is found where its result is lost", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => exited)
      yield* Ref.set(outbound.reactions, [{ type: "like", is_from_me: true }])
      yield* carried(outbound, acting(LIKE))
      expect(yield* outbound.changes).toEqual(["send", "tapback"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("is not done again where it provably was not: nobody misses it, and others wait", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => exited)
      yield* carried(outbound, acting(LIKE))
      expect(yield* outbound.changes).toEqual(["send", "tapback"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "LeftOut"])
      expect(yield* letters).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("is in doubt where imsg shows no trace of it: that is no letter, and it is not done again", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => exited)
      yield* carried(outbound, acting(EDIT))
      expect(yield* outbound.changes).toEqual(["send", "message.edit"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Uncertain"])
      expect(yield* letters).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("that was given something wrong takes nothing else with it", () =>
    Effect.gen(function* () {
      const wrong = new RpcFailed({ method: "message.edit", rpcCode: -32602, reason: "too long" })
      const outbound = yield* bridged((method) => (method === "message.edit" ? wrong : { ok: true }))
      yield* carried(outbound, acting(EDIT, LIKE))
      expect(yield* outbound.changes).toEqual(["send", "message.edit", "tapback"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "LeftOut", "Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("does not hold its chat where a try was lost and the next is not begun", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged((_, count) => (count === 0 ? exited : notThere))
      yield* carried(outbound, acting(LIKE))
      yield* carried(outbound, replyTo(7, "next", "b"))
      expect(yield* outbound.changes).toEqual(["send", "tapback", "send"])
      expect(yield* tagsOf("next")).toEqual(["Sent"])
    }).pipe(Effect.provide(services))
  )

  it.effect("says nothing of whether sending is allowed", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const outbound = yield* bridged(() => ({ ok: true }))
      const denied = {
        state: "degraded",
        reason: "macOS denies what sending needs",
        error: { code: "permission_denied", message: "no", hint: "allow it" }
      } as const
      yield* accounts.update("default", (status) => ({ ...status, ...denied }))
      yield* carried(outbound, { ...replyTo(7, "d"), acts: [LIKE] })
      expect((yield* accounts.all)[0]?.state).toBe("degraded")
    }).pipe(Effect.provide(services))
  )

  it.effect("claims no row: what the owner types is theirs at once", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => ({ ok: true }))
      yield* carried(outbound, { ...replyTo(7, "d"), acts: [LIKE] })
      const outbox = yield* Outbox
      expect(yield* outbox.mayBeClaimed("default", 1000)).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("of which some words may have been said is a letter, as a text is", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => exited, [...BRIDGE, "chats.create"])
      const target = { _tag: "NewChat", addresses: ["+15555550101", "+15555550102"] } as const
      const create: Act = { _tag: "CreateChat", addresses: ["+15555550101", "+15555550102"], text: "hello" }
      yield* carried(outbound, { ...replyTo(7, "d"), target, acts: [create] })
      expect(yield* tagsOf("d")).toEqual(["Uncertain"])
      expect((yield* letters).map(({ code }) => code)).toEqual(["delivery_uncertain"])
    }).pipe(Effect.provide(services))
  )

  it.effect("that is of no use any more says so", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => ({ ok: true }))
      yield* carried(outbound, { ...replyTo(7, "d"), acts: [LIKE], expiresAt: 0 })
      expect(yield* statesOf("d")).toEqual([
        { _tag: "LeftOut", detail: "it was of no use any more before it could be sent" }
      ])
    }).pipe(Effect.provide(services))
  )
})

describe("a bridge that holds the child up", () => {
  const thread = (id: string) => ({ ...replyTo(7, id), replies: [{ text: id, replyTo: "m" }] })
  const hung = new RpcTimeout({ method: "tapback", afterMs: 15_000 })

  it.effect("is left alone for an hour: texts go plain, and what is done is left out", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(() => hung)
      yield* carried(outbound, { ...replyTo(7, "d"), acts: [LIKE] })
      yield* carried(outbound, { ...thread("e"), acts: [LIKE] })
      expect(yield* outbound.changes).toEqual(["tapback", "send"])
      expect(yield* statesOf("e")).toMatchObject([{ _tag: "Sent" }, { _tag: "LeftOut", detail: PAUSED }])
      yield* TestClock.adjust(PAUSE_MS)
      yield* carried(outbound, { ...replyTo(7, "f"), acts: [LIKE] })
      expect(yield* outbound.changes).toEqual(["tapback", "send", "tapback"])
    }).pipe(Effect.provide(services))
  )

  it.effect("loses no text: after a try that was lost it goes in the form that every build knows", () =>
    Effect.gen(function* () {
      const dylib = new RpcFailed({
        method: "send.rich",
        rpcCode: -32603,
        reason: "Internal error",
        data: "Dylib error: Message not found"
      })
      for (const [id, error] of [
        ["lost", exited],
        ["refused by an old build", dylib]
      ] as const) {
        const outbound = yield* bridged(() => error)
        yield* carried(outbound, thread(id))
        expect(yield* outbound.changes).toEqual(["send.rich", "send"])
        expect(yield* tagsOf(id)).toEqual(["Sent"])
        yield* outbound.stop
      }
    }).pipe(Effect.provide(services))
  )

  it.effect("is still asked for texts whose row can be named, without what they have beside", () =>
    Effect.gen(function* () {
      const outbound = yield* bridged(
        (method) => (method === "tapback" ? hung : { ok: true, guid: "g" }),
        [...BRIDGE, "send.tracked"]
      )
      yield* carried(outbound, { ...replyTo(7, "d"), acts: [LIKE] })
      yield* carried(outbound, thread("e"))
      expect(yield* outbound.changes).toEqual(["tapback", "send.tracked"])
      expect((yield* outbound.child.asked).at(-1)?.params).not.toHaveProperty("reply_to")
    }).pipe(Effect.provide(services))
  )
})
