/** What goes to a session. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, PrimaryKey, Schema } from "effect"
import { InboundMessage, type WaitingMessage } from "../../src/schemas/Actors.ts"
import { makeEnvelope } from "../support/envelopes.ts"

const message: WaitingMessage = { envelope: makeEnvelope({ guid: "g" }), agentId: "main", isGroup: false }
const retried: WaitingMessage = { ...message, retry: { turnId: "turn", attempt: 2, rest: [] } }

describe("a message for a session", () => {
  it("is known by its account and guid", () =>
    expect(PrimaryKey.value(new InboundMessage(message))).toBe("default:g"))

  it("is known by the retry and its turn where one is tried again", () =>
    expect(PrimaryKey.value(new InboundMessage(retried))).toBe("retry:2:turn"))

  it.effect("is the same once it was stored", () =>
    Effect.gen(function* () {
      const stored = yield* Schema.encode(InboundMessage)(new InboundMessage(retried))
      expect(stored).toEqual(retried)
      expect(yield* Schema.decodeUnknown(InboundMessage)(stored)).toEqual(new InboundMessage(retried))
    })
  )

  it.effect("is examined when it is stored, and not when it is made as well", () =>
    Effect.gen(function* () {
      const wrong = new InboundMessage(JSON.parse('{"agentId": 1}'))
      expect(yield* Effect.flip(Schema.encode(InboundMessage)(wrong))).toMatchObject({ _tag: "ParseError" })
    })
  )
})
