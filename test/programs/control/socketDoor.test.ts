/** Who asks on the socket, for as long as what they show is worth it. */
import { type HttpApp, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Option, Redacted, Scope, TestClock } from "effect"
import * as AgentAccessLive from "../../../src/layers/agent/AgentAccessLive.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccessTokensSql from "../../../src/layers/web/AccessTokensSql.ts"
import { makeSocketDoor } from "../../../src/programs/control/socketDoor.ts"
import { digestOf } from "../../../src/schemas/accessToken.ts"
import { AgentAccess } from "../../../src/services/AgentAccess.ts"
import { AskedWith } from "../../../src/services/AskedWith.ts"
import { configLayer } from "../../support/configs.ts"
import { makeTurn } from "../../support/turns.ts"

const services = Layer.mergeAll(
  Layer.provide(AgentAccessLive.layer, configLayer()),
  Layer.provide(AccessTokensSql.layer, DatabaseSqlite.memory),
  configLayer()
)

/** Answers with what whoever asks may do, after a while. */
const slowly = (afterMs: number): HttpApp.Default =>
  Effect.delay(
    Effect.map(AskedWith, (grant) => HttpServerResponse.unsafeJson(grant)),
    afterMs
  )

const askedBy = (token: Redacted.Redacted<string>, app: HttpApp.Default) =>
  Effect.gen(function* () {
    const door = yield* makeSocketDoor
    const headers = { authorization: `Bearer ${Redacted.value(token)}` }
    const request = HttpServerRequest.fromWeb(new Request("http://gateway/tools", { headers }))
    const response = yield* Effect.provideService(door(app), HttpServerRequest.HttpServerRequest, request)
    const told = yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
    return { status: response.status, told }
  }).pipe(Effect.scoped)

describe("an agent that asks on the socket", () => {
  it.scoped("has the chat of its turn and the scope chat alone, and never more", () =>
    Effect.gen(function* () {
      const { find, issue } = yield* AgentAccess
      const { duringTurn, token } = yield* issue("main")
      const worth = Effect.map(find(digestOf(Redacted.value(token))), Option.getOrThrow)
      expect(yield* worth).toMatchObject({ scopes: ["chat"], only: { chatId: 0 } })
      const turn = yield* Scope.make()
      yield* Scope.extend(duringTurn(makeTurn()), turn)
      expect(yield* worth).toMatchObject({ scopes: ["chat"], only: { accountId: "default", chatId: 7 } })
      expect((yield* askedBy(token, slowly(0))).told).toContain('"scopes":["chat"]')
      yield* Scope.close(turn, Exit.void)
      expect(yield* worth).toMatchObject({ scopes: ["chat"], only: { chatId: 0 } })
    }).pipe(Effect.provide(services))
  )

  it.scoped("is answered nothing for which its turn has ended meanwhile", () =>
    Effect.gen(function* () {
      const { issue } = yield* AgentAccess
      const { duringTurn, token } = yield* issue("main")
      const turn = yield* Scope.make()
      yield* Scope.extend(duringTurn(makeTurn()), turn)
      const quick = yield* Effect.fork(askedBy(token, slowly(5000)))
      const slow = yield* Effect.fork(askedBy(token, slowly(7000)))
      yield* TestClock.adjust("5 seconds")
      expect((yield* Fiber.join(quick)).status).toBe(200)
      yield* Scope.close(turn, Exit.void)
      yield* TestClock.adjust("2 seconds")
      const { status, told } = yield* Fiber.join(slow)
      expect([status, told]).toEqual([403, expect.stringContaining("access_over")])
    }).pipe(Effect.provide(services))
  )
})
