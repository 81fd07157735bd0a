import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Redacted } from "effect"
import * as AgentAccessLive from "../../../src/layers/agent/AgentAccessLive.ts"
import { digestOf } from "../../../src/schemas/accessToken.ts"
import { type Grant, NO_CHAT } from "../../../src/schemas/Grant.ts"
import { AgentAccess } from "../../../src/services/AgentAccess.ts"
import { configLayer } from "../../support/configs.ts"
import { asTurnMessage, makeEnvelope } from "../../support/envelopes.ts"
import { makeTurn } from "../../support/turns.ts"

describe("the token of an agent", () => {
  it.effect(
    "is worth the chat of its turn while that runs, no chat between turns, and nothing after its session",
    () =>
      Effect.gen(function* () {
        const { find, issue } = yield* AgentAccess
        const idle: Grant = { scopes: ["chat"], only: NO_CHAT }
        const { digest, late } = yield* Effect.scoped(
          Effect.gen(function* () {
            const { duringTurn, rest, token } = yield* issue("main")
            const digest = digestOf(Redacted.value(token))
            expect(yield* find(digest)).toEqual(Option.some(idle))
            const turn = makeTurn({
              envelopes: [asTurnMessage(makeEnvelope({ accountId: "work", chatId: 7 }))]
            })
            yield* Effect.scoped(
              Effect.gen(function* () {
                yield* duringTurn(turn)
                expect(yield* find(digest)).toEqual(
                  Option.some({
                    scopes: ["chat"],
                    only: { accountId: "work", chatId: 7 },
                    by: { _tag: "Agent", agentId: turn.agentId }
                  })
                )
              })
            )
            expect(yield* find(digest)).toEqual(Option.some(idle))
            yield* Effect.scoped(
              Effect.gen(function* () {
                yield* duringTurn(turn)
                yield* rest
                expect(yield* find(digest)).toEqual(Option.some(idle))
              })
            )
            return { digest, late: duringTurn(turn) }
          })
        )
        expect(yield* find(digest)).toEqual(Option.none())
        // A turn that waited for a session which is gone brings it not back.
        yield* Effect.scoped(
          Effect.zipRight(
            late,
            Effect.map(find(digest), (worth) => expect(worth).toEqual(Option.none()))
          )
        )
        expect(yield* find(digest)).toEqual(Option.none())
        expect(yield* find(digestOf(""))).toEqual(Option.none())
      }).pipe(Effect.provide(Layer.provide(AgentAccessLive.layer, configLayer({}))))
  )

  it.effect(
    "is for groups too where its owner lets the agent change them, also while it asks which tools there are",
    () =>
      Effect.gen(function* () {
        const { find, issue } = yield* AgentAccess
        const worth = (agentId: string) =>
          Effect.scoped(
            Effect.gen(function* () {
              const { duringTurn, token } = yield* issue(agentId)
              const digest = digestOf(Redacted.value(token))
              const idle = Option.getOrThrow(yield* find(digest))
              yield* duringTurn(makeTurn({ agentId }))
              return [idle.scopes, Option.getOrThrow(yield* find(digest)).scopes]
            })
          )
        expect(yield* worth("trusted")).toEqual([
          ["chat", "group"],
          ["chat", "group"]
        ])
        expect(yield* worth("main")).toEqual([["chat"], ["chat"]])
      }).pipe(
        Effect.provide(
          Layer.provide(
            AgentAccessLive.layer,
            configLayer({ agents: { list: [{ id: "main" }, { id: "trusted", groupActions: true }] } })
          )
        )
      )
  )
})
