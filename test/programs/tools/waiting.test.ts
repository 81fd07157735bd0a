/** Waiting for messages, in virtual time. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, TestClock } from "effect"
import type { Grant } from "../../../src/schemas/Grant.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import { Events } from "../../../src/services/Events.ts"
import { ALICE } from "../../support/envelopes.ts"
import { CHATS, callAs, toolServices } from "../../support/toolWorld.ts"

const READER: Grant = { scopes: ["read"], by: { _tag: "Token", number: 1 } }

/** The account has come to a row of its database. */
const cameTo = (rowId: number) =>
  Effect.flatMap(Accounts, ({ update }) => update("default", () => ({ state: "running", cursor: rowId })))

const judged = (rowId: number, fate: string) =>
  Effect.flatMap(Events, ({ publish }) =>
    publish({ _tag: "MessageJudged", accountId: "default", rowId, fate })
  )

/** Waits in the background until it waits for what is judged. */
const waiting = (input: object) =>
  Effect.tap(Effect.fork(callAs(READER, "wait_for_messages", input)), () => TestClock.adjust("1 second"))

describe("whoever waits for messages", () => {
  it.effect("is answered nothing when the time is over, and goes on from where they are", () =>
    Effect.gen(function* () {
      yield* cameTo(40)
      const call = yield* waiting({ wait_ms: 5000 })
      expect(yield* Fiber.poll(call)).toEqual(Option.none())
      yield* TestClock.adjust("4 seconds")
      expect(yield* Fiber.join(call)).toEqual({ account: "default", messages: [], after: 40 })
    }).pipe(Effect.provide(toolServices()))
  )

  it.effect("hears what is judged from now on, and not what was before", () =>
    Effect.gen(function* () {
      yield* cameTo(13)
      const call = yield* waiting({})
      yield* judged(14, "group-sender-not-allowlisted")
      const answer = yield* Fiber.join(call)
      expect(answer).toMatchObject({
        messages: [{ id: 14, chat_id: CHATS.groupOfAlice, text: "stranger to all" }],
        after: 14
      })
    }).pipe(Effect.provide(toolServices()))
  )

  it.effect("hears nothing of a row that came back, and what comes after it", () =>
    Effect.gen(function* () {
      yield* cameTo(13)
      const call = yield* waiting({})
      yield* judged(14, "echo")
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.poll(call)).toEqual(Option.none())
      yield* judged(15, "group-not-admitted")
      expect(yield* Fiber.join(call)).toMatchObject({ messages: [{ id: 15 }], after: 15 })
    }).pipe(Effect.provide(toolServices()))
  )

  it.effect("is told of a row that was judged in the moment before", () =>
    Effect.gen(function* () {
      yield* cameTo(39)
      const call = yield* waiting({ after: 39 })
      // Nobody tells of it: the account has passed it.
      yield* cameTo(40)
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(call)).toMatchObject({ messages: [{ id: 40, text: "bob after" }] })
    }).pipe(Effect.provide(toolServices()))
  )

  it.effect("is answered at once what is there, in one chat where they say so", () =>
    Effect.gen(function* () {
      yield* cameTo(40)
      const answer = yield* callAs(READER, "wait_for_messages", { after: 0, chat_id: CHATS.ofAlice })
      expect(answer).toMatchObject({ messages: [{ id: 10, sender: ALICE }], after: 40 })
    }).pipe(Effect.provide(toolServices()))
  )

  it.effect("waits behind their own calls, and never behind all those of somebody else", () =>
    Effect.gen(function* () {
      yield* cameTo(40)
      const wait = (number: number, wait_ms: number) =>
        Effect.fork(
          callAs({ scopes: ["read"], by: { _tag: "Token", number } }, "wait_for_messages", { wait_ms })
        )
      yield* Effect.replicateEffect(wait(1, 30_000), 200)
      yield* TestClock.adjust("1 second")
      const same = yield* wait(1, 0)
      const other = yield* wait(2, 0)
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.poll(same)).toEqual(Option.none())
      expect(yield* Fiber.join(other)).toEqual({ account: "default", messages: [], after: 40 })
    }).pipe(Effect.provide(toolServices()))
  )
})
