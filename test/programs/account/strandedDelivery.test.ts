/** Deliveries that were accepted before the account's database was replaced. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import { CHAT_REPLACED, UNCERTAIN } from "../../../src/schemas/DeadLetter.ts"
import { type Delivery, PartState } from "../../../src/schemas/Delivery.ts"
import type { Target } from "../../../src/schemas/Target.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { retryDelivery } from "../../support/deadLetters.ts"
import { makeChild } from "../../support/fakeImsg.ts"
import {
  busy,
  CHAT,
  contentOf,
  LONG,
  outboundOf,
  replyTo,
  sendsOf,
  services,
  statesOf,
  tagsOf
} from "../../support/outbound.ts"
import { strand } from "../../support/stranding.ts"

const delivery = replyTo(7, "d", "a", "b")

/** A part of the delivery whose result was lost before the change. */
const lost = (to: Delivery, tries = 1) =>
  Effect.flatMap(Outbox, ({ putParts }) =>
    putParts(
      to,
      ["a", "b"].map((text, index) => ({
        index,
        part: { _tag: "Text", text },
        tries: index === 0 ? tries : 0,
        state: index === 0 ? PartState.Sending({ triedAt: 1, afterRowId: 500 }) : PartState.Queued()
      }))
    )
  )

const letters = Effect.flatMap(DeadLetters, ({ all }) => all)

describe("a delivery to a chat_id of a database that was replaced", () => {
  it.effect("is not sent, and is a dead letter that says why", () =>
    Effect.gen(function* () {
      yield* strand(delivery)
      const { deliver, sends } = yield* outboundOf()
      yield* deliver(delivery)
      expect(yield* sends).toEqual([])
      expect(yield* tagsOf("d")).toEqual(["Failed", "Failed"])
      const [letter] = yield* letters
      expect(letter).toMatchObject({ code: CHAT_REPLACED, content: { delivery } })
      expect(letter?.message).toMatch(
        /^chat\.db was replaced since this was accepted, and chat_id:7 may be another/u
      )
    }).pipe(Effect.provide(services))
  )

  it.effect("is not sent either where it is tried again", () =>
    Effect.gen(function* () {
      yield* strand(delivery)
      const { deliver, sends } = yield* outboundOf()
      yield* deliver(delivery)
      const [letter] = yield* letters
      yield* retryDelivery(letter?.number ?? 0, { anyway: true })
      yield* deliver({ ...delivery, attempt: 1 })
      expect(yield* sends).toEqual([])
      expect(yield* letters).toMatchObject([{ code: CHAT_REPLACED, attempts: 2 }])
    }).pipe(Effect.provide(services))
  )

  it.effect("is not sent where the change came while it was tried", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundOf(() => busy)
      const fiber = yield* Effect.fork(deliver(delivery))
      yield* TestClock.adjust("10 millis")
      const before = yield* sends
      yield* strand(delivery)
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(yield* sends).toEqual(before)
      expect(yield* letters).toMatchObject([{ code: CHAT_REPLACED }])
    }).pipe(Effect.provide(services))
  )

  it.effect("is uncertain where its result was lost: what the chat of that number has is no evidence", () =>
    Effect.gen(function* () {
      yield* lost(delivery)
      yield* strand(delivery)
      const { deliver, messages, sends } = yield* outboundOf()
      yield* messages.write("a")
      yield* deliver(delivery)
      expect(yield* sends).toEqual([])
      const [first, second] = yield* statesOf("d")
      expect(first).toEqual(
        PartState.Uncertain({ detail: "the result was lost, and chat.db was replaced since it was tried" })
      )
      expect(second?._tag).toBe("Failed")
      expect(yield* letters).toMatchObject([{ code: CHAT_REPLACED }])
    }).pipe(Effect.provide(services))
  )

  it.effect("fails where no try of it can have been carried out", () =>
    Effect.gen(function* () {
      yield* lost(delivery, 0)
      yield* strand(delivery)
      const { deliver, sends } = yield* outboundOf()
      yield* deliver(delivery)
      expect(yield* sends).toEqual([])
      expect(yield* tagsOf("d")).toEqual(["Failed", "Failed"])
    }).pipe(Effect.provide(services))
  )
})

describe("a delivery that names its target in another way", () => {
  const targets: ReadonlyArray<Target> = [
    { _tag: "Handle", handle: CHAT.identifier, service: "auto" },
    { _tag: "ChatGuid", chatGuid: CHAT.guid },
    { _tag: "ChatIdentifier", chatIdentifier: CHAT.identifier }
  ]
  for (const target of targets) {
    const to = { ...delivery, target }
    const named = { Handle: "a handle", ChatGuid: "a guid", ChatIdentifier: "an identifier", ChatId: "" }

    it.effect(`as ${named[target._tag]}, is sent also after the change`, () =>
      Effect.gen(function* () {
        yield* strand(to)
        const { deliver, sends } = yield* outboundOf()
        yield* deliver(to)
        expect(yield* sends).toEqual(["a", "b"])
        expect(yield* letters).toEqual([])
      }).pipe(Effect.provide(services))
    )

    it.effect(`as ${named[target._tag]}, is known as sent where the new database has it`, () =>
      Effect.gen(function* () {
        yield* lost(to)
        yield* strand(to)
        const { deliver, messages, sends } = yield* outboundOf()
        yield* messages.write("a")
        yield* deliver(to)
        expect(yield* sends).toEqual(["b"])
        expect(yield* tagsOf("d")).toEqual(["Sent", "Sent"])
      }).pipe(Effect.provide(services))
    )

    it.effect(`as ${named[target._tag]}, is uncertain where the new database does not have it`, () =>
      Effect.gen(function* () {
        yield* lost(to)
        yield* strand(to)
        const { deliver, sends } = yield* outboundOf()
        const fiber = yield* Effect.fork(deliver(to))
        yield* TestClock.adjust(LONG)
        yield* Fiber.join(fiber)
        expect(yield* sends).toEqual(["b"])
        expect(yield* tagsOf("d")).toEqual(["Uncertain", "Sent"])
        expect(yield* letters).toMatchObject([{ code: UNCERTAIN }])
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("is looked for among all rows where the change came before there was a child to ask", () =>
    Effect.gen(function* () {
      const to: Delivery = { ...delivery, target: { _tag: "ChatGuid", chatGuid: CHAT.guid } }
      yield* lost(to)
      const { context, deliver, messages } = yield* outboundOf()
      yield* context.link.disconnect
      const fiber = yield* Effect.fork(deliver(to))
      yield* TestClock.adjust("1 second")
      yield* strand(to)
      yield* messages.write("a")
      const next = yield* makeChild({ answer: messages.answer })
      yield* context.link.connect(next.session)
      yield* TestClock.adjust(LONG)
      yield* Fiber.join(fiber)
      expect(sendsOf(yield* next.asked).map(contentOf)).toEqual(["b"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Sent"])
    }).pipe(Effect.provide(services))
  )
})
