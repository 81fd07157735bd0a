import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Ref, TestClock } from "effect"
import { ResponseTooLong, RpcFailed } from "../../../src/schemas/errors/imsg.ts"
import type { ImsgChat, ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import type { Target } from "../../../src/schemas/Target.ts"
import type { RequestError } from "../../../src/services/ImsgProcess.ts"
import { makeMessage } from "../../support/envelopes.ts"
import { AFTER_ROW, found, hello, look, outbox, SETTLE, search, sent } from "../../support/evidence.ts"
import { makeChild } from "../../support/fakeImsg.ts"

describe("a part whose result was lost", () => {
  const ALICE = "+15555550101"
  const direct = { id: 3, guid: `iMessage;-;${ALICE}`, identifier: ALICE, participants: [ALICE] }
  const group = {
    id: 4,
    guid: "iMessage;+;chat4",
    identifier: "chat4",
    participants: [ALICE, "+15555550102"],
    is_group: true
  }
  const others = [
    { id: 8 },
    { ...direct, id: 9, guid: "g9", identifier: "i9", participants: ["a@b.example"] }
  ]
  const toAlice = { _tag: "Handle", handle: ALICE, service: "auto" } as const
  const targets: ReadonlyArray<{
    readonly what: string
    readonly target: Target
    readonly chats: ReadonlyArray<ImsgChat>
    readonly lookedAt: ReadonlyArray<number>
  }> = [
    {
      what: "the guid of its chat",
      target: { _tag: "ChatGuid", chatGuid: group.guid },
      chats: [...others, direct, group],
      lookedAt: [4]
    },
    {
      what: "the identifier of its chat",
      target: { _tag: "ChatIdentifier", chatIdentifier: "chat4" },
      chats: [...others, direct, group],
      lookedAt: [4]
    },
    {
      what: "its person, in each of the person's chats, and in no group",
      target: toAlice,
      chats: [group, direct, { ...direct, id: 5, guid: `SMS;-;${ALICE}` }, ...others],
      lookedAt: [3, 5]
    },
    {
      what: "its person, as a build writes the number",
      target: toAlice,
      chats: [{ ...direct, participants: ["(555) 555-0101"] }],
      lookedAt: [3]
    },
    {
      what: "its person, where a build names no participants",
      target: toAlice,
      chats: [{ id: 3, identifier: ALICE }],
      lookedAt: [3]
    }
  ]
  for (const { chats, lookedAt, target, what } of targets) {
    it.effect(`is looked up by ${what}`, () =>
      Effect.gen(function* () {
        const { asked, fiber } = yield* look({ target, chats, lostAt: -SETTLE })
        expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Absent" })
        expect(yield* asked).toEqual([
          { method: "chats.list", params: { limit: 200 } },
          ...lookedAt.map((chat_id) => ({ method: "messages.history", params: { chat_id, limit: 100 } }))
        ])
      }).pipe(Effect.provide(outbox))
    )

    it.effect(`is found by ${what}`, () =>
      Effect.gen(function* () {
        expect(yield* found({ target, chats, rows: [sent()] })).toBe("Found")
      })
    )

    it.effect(`cannot be looked up by ${what} where there is no such chat, nor comes`, () =>
      Effect.gen(function* () {
        const { fiber } = yield* look({ target, chats: others, rows: [sent()] })
        yield* TestClock.adjust(SETTLE - 1)
        expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
        yield* TestClock.adjust(500)
        expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Unknowable" })
      }).pipe(Effect.provide(outbox))
    )
  }

  it.effect("may be in a chat that cannot be read", () =>
    Effect.gen(function* () {
      const { session } = yield* makeChild({
        answer: ({ method }) =>
          Effect.succeed(method === "chats.list" ? { chats: [direct, { id: "?" }] } : { messages: [] })
      })
      const evidence = yield* search(
        session,
        { delivery: { id: "d", accountId: "default", target: toAlice }, part: hello, afterRowId: 0 },
        -SETTLE
      )
      expect(evidence).toMatchObject({ _tag: "Unknowable" })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is looked for in as many rows as fit into a response", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 60 }, (_, at) => makeMessage({ id: 100 - at, text: "long" }))
      const searchIn = (all: ReadonlyArray<ImsgMessage>) =>
        Effect.gen(function* () {
          const { session } = yield* makeChild({
            answer: ({ method, params }) => {
              const { limit = 0 }: Readonly<Record<string, number>> = { ...params }
              return limit > 30
                ? Effect.fail(new ResponseTooLong({ method, limitBytes: 1 }))
                : Effect.succeed({ messages: all.slice(0, limit) })
            }
          })
          const target = { _tag: "ChatId", chatId: 7 } as const
          const to = { id: "d", accountId: "default", target }
          return yield* search(session, { delivery: to, part: hello, afterRowId: 10 }, -SETTLE)
        })
      expect(yield* searchIn([...rows.slice(0, 5), sent({ id: 20 }), ...rows])).toMatchObject({
        _tag: "Found"
      })
      expect(yield* searchIn([...rows.slice(0, 5), makeMessage({ id: 9 })])).toEqual({ _tag: "Absent" })
      expect(yield* searchIn(rows)).toMatchObject({ _tag: "Unknowable" })
    }).pipe(Effect.provide(outbox))
  )

  const refused = new RpcFailed({ method: "message.send_status", rpcCode: -32602, reason: "no such guid" })
  const states: ReadonlyArray<{
    readonly what: string
    readonly sendState: Effect.Effect<object, RequestError>
    readonly tag: string
  }> = [
    { what: "was sent", sendState: Effect.succeed({ send_state: "sent" }), tag: "Found" },
    { what: "was delivered", sendState: Effect.succeed({ send_state: "delivered" }), tag: "Found" },
    {
      what: "could not be delivered",
      sendState: Effect.succeed({ send_state: "failed" }),
      tag: "NotDelivered"
    },
    {
      what: "is of a state that nobody knows",
      sendState: Effect.succeed({ send_state: "new" }),
      tag: "Found"
    },
    { what: "is of no state", sendState: Effect.succeed({}), tag: "Found" },
    {
      what: "is still pending at the end",
      sendState: Effect.succeed({ send_state: "pending" }),
      tag: "Found"
    },
    { what: "is one that the build cannot tell more of", sendState: Effect.fail(refused), tag: "Found" }
  ]
  for (const { sendState, tag, what } of states) {
    it.effect(`whose row ${what}: ${tag}`, () =>
      Effect.gen(function* () {
        expect(yield* found({ rows: [sent()], sendState })).toBe(tag)
      })
    )
  }

  it.effect("whose row is pending is waited for: it can still fail", () =>
    Effect.gen(function* () {
      const state = yield* Ref.make("pending")
      const { fiber } = yield* look({
        rows: [sent()],
        sendState: Effect.map(Ref.get(state), (send_state) => ({ send_state }))
      })
      yield* TestClock.adjust(SETTLE - 1000)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* Ref.set(state, "failed")
      yield* TestClock.adjust(500)
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "NotDelivered", rowId: 11 })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is looked for until the settle time is over where the child says that it cannot look", () =>
    Effect.gen(function* () {
      const locked = new RpcFailed({ method: "messages.history", rpcCode: -32603, reason: "it is locked" })
      const isLocked = yield* Ref.make(true)
      const { session } = yield* makeChild({
        answer: () =>
          Effect.flatMap(Ref.get(isLocked), (yes) =>
            yes ? Effect.fail(locked) : Effect.succeed({ messages: [sent()] })
          )
      })
      const to = { id: "d", accountId: "default", target: { _tag: "ChatId", chatId: 7 } } as const
      const tried = { delivery: to, part: hello, afterRowId: AFTER_ROW }
      const first = yield* Effect.fork(search(session, tried, 0))
      yield* TestClock.adjust(SETTLE + 500)
      expect(yield* Fiber.join(first)).toMatchObject({ _tag: "Unknowable" })
      const second = yield* Effect.fork(search(session, tried, SETTLE + 500))
      yield* TestClock.adjust(SETTLE / 2)
      yield* Ref.set(isLocked, false)
      yield* TestClock.adjust(500)
      expect(yield* Fiber.join(second)).toMatchObject({ _tag: "Found" })
    }).pipe(Effect.provide(outbox))
  )
})
