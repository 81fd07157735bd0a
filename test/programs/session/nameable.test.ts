/** What an agent may name, by what the gateway said, and what the log says of the rest. */
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect, HashMap, Layer, Logger, Ref } from "effect"
import { makeAddressed, makeNameableOf, warnOf } from "../../../src/programs/session/nameable.ts"
import type { NamedMessage } from "../../../src/schemas/Act.ts"
import { answering, toolPrefix } from "../../../src/schemas/deliveryNames.ts"
import { type Target, targetKey } from "../../../src/schemas/Target.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { asTurnMessage, makeEnvelope } from "../../support/envelopes.ts"
import { makeTurn } from "../../support/turns.ts"

/** What the gateway said in the chat 7 of `default`: an answer, a tool's message, and what is no agent's to change. */
const SAID = [
  { deliveryId: "default:turn/2", guid: "own", at: 1 },
  { deliveryId: `${toolPrefix("default", answering("main", "default", 7))}a`, guid: "by tool", at: 2 },
  { deliveryId: "failed:default:turn", guid: "notice", at: 3 },
  { deliveryId: "send:default:a", guid: "by hand", at: 4 }
]

/** An outbox that notes how often it is asked. */
const makeOutbox = Effect.map(Ref.make(0), (asked) => ({
  asked: Ref.get(asked),
  outbox: Layer.mock(Outbox, {
    said: (accountId: string, target: Target) =>
      Effect.as(
        Ref.update(asked, (count) => count + 1),
        accountId === "default" && targetKey(target) === "chat_id:7" ? SAID : []
      )
  })
}))

/** Runs something, and answers the annotations of its warnings. */
const warningsOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const noted: Array<Record<string, unknown>> = []
    const logger = Logger.make<unknown, void>(({ annotations }) => {
      noted.push(Object.fromEntries(HashMap.entries(annotations)))
    })
    return Effect.map(Effect.provide(effect, Logger.replace(Logger.defaultLogger, logger)), (value) => ({
      value,
      noted
    }))
  })

describe("what an agent may name", () => {
  it.effect("is what the gateway said in the chat of its turn alone, and its own what it said itself", () =>
    Effect.gen(function* () {
      const { outbox } = yield* makeOutbox
      const nameableOf = yield* Effect.provide(makeNameableOf, outbox)
      const named = (chatId: number, accountId: string) =>
        Effect.map(
          nameableOf(makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ chatId, accountId }))] })),
          ({ own, said }) => [Arr.fromIterable(said.values()), Arr.fromIterable(own.values())]
        )
      expect(yield* named(7, "default")).toEqual([
        ["own", "by tool", "notice", "by hand"],
        ["own", "by tool"]
      ])
      expect(yield* named(8, "default")).toEqual([[], []])
      expect(yield* named(7, "other")).toEqual([[], []])
    })
  )

  it.effect("is not looked up where it names nothing", () =>
    Effect.gen(function* () {
      const { asked, outbox } = yield* makeOutbox
      const addressed = yield* Effect.provide(makeAddressed, outbox)
      expect(yield* addressed(makeTurn(), [{ text: "a" }, { media: ["/b"] }])).toEqual([
        { text: "a" },
        { media: ["/b"] }
      ])
      expect(yield* asked).toBe(0)
      const replies = [
        { text: "a", replyTo: "own" },
        { text: "b", replyTo: true as const },
        { text: "c" },
        { text: "d", replyTo: "GUID-1" },
        { text: "e", replyTo: "other" }
      ]
      expect(yield* addressed(makeTurn(), replies)).toEqual([
        { text: "a", replyTo: "own" },
        { text: "b", replyTo: "guid-1" },
        { text: "c" },
        { text: "d", replyTo: "guid-1" },
        { text: "e" }
      ])
      expect(yield* asked).toBe(1)
    })
  )
})

describe("the log of what is left out", () => {
  it.effect.each<[named: NamedMessage, guid: string]>([
    ["8E5A1F0C-2B7D-4C1E-9A63-0D4F7B21C9E5", "8E5A1F0C-2B7D-4C1E-9A63-0D4F7B21C9E5"],
    ["p:0/8E5A1F0C-2B7D-4C1E-9A63-0D4F7B21C9E5", "p:0/8E5A1F0C-2B7D-4C1E-9A63-0D4F7B21C9E5"],
    [true, "true (the message that is answered)"],
    ["the secret of Ann", "something that looks like no guid"],
    ["\u001b[2J", "something that looks like no guid"],
    ["a".repeat(81), "something that looks like no guid"]
  ])("names it by %j", ([named, guid]) =>
    Effect.gen(function* () {
      const { noted } = yield* warningsOf(warnOf("an act", { named, why: "so" }))
      expect(noted).toEqual([{ guid }])
    })
  )
})
