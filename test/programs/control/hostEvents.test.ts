/** What one host hears of another, over its port. */
import { HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Context, Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { followHosts } from "../../../src/layers/cluster/followHosts.ts"
import { askHost, followingWith } from "../../../src/layers/cluster/hostEvents.ts"
import * as LifecycleLive from "../../../src/layers/process/LifecycleLive.ts"
import { hostPort } from "../../../src/programs/control/hostPort.ts"
import { showing } from "../../../src/schemas/cluster/hostPort.ts"
import type { GatewayEvent } from "../../../src/schemas/GatewayEvent.ts"
import { Events } from "../../../src/services/Events.ts"
import type { Host } from "../../../src/services/Hosts.ts"
import { VERSION } from "../../../src/version.ts"
import { events } from "../../support/accounts.ts"

const SECRET = Redacted.make("0123456789abcdef0123456789abcdef")

/** A guard as the runners' port has one. */
const guarded = Effect.gen(function* () {
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  return headers.authorization === showing(SECRET).authorization
    ? yield* hostPort("studio")
    : HttpServerResponse.empty({ status: 401 })
})

/** A host that listens on a port of 127.0.0.1, until the scope closes. */
const listening = Effect.gen(function* () {
  const server = HttpServer.serve(guarded).pipe(
    Layer.provideMerge(NodeHttpServer.layerTest),
    Layer.provideMerge(Layer.mergeAll(events, LifecycleLive.layer))
  )
  const context = yield* Layer.build(server)
  const { address } = Context.get(context, HttpServer.HttpServer)
  if (address._tag !== "TcpAddress") return yield* Effect.dieMessage("it has a port")
  return { events: Context.get(context, Events), port: address.port }
})

const judged: GatewayEvent = {
  _tag: "MessageJudged",
  accountId: "one",
  rowId: 7,
  fate: "dispatched",
  sender: "+15555550123",
  text: "hello"
}

const host = (port: number): Host => ({
  name: "studio",
  state: "up",
  address: `127.0.0.1:${port}`,
  version: VERSION,
  pid: 1,
  startedAt: 0,
  seenAt: 0,
  clockBehindMs: 0
})

/** The first event that comes while it is published again and again. */
const heard = (publish: Effect.Effect<void>, port: number, bodies: boolean) =>
  Effect.gen(function* () {
    const listen = yield* followHosts(
      { here: "server", all: Effect.succeed([host(port)]) },
      followingWith(SECRET)
    )
    const stream = yield* listen({ bodies })
    yield* Effect.forkScoped(Effect.repeat(publish, Schedule.spaced("50 millis")))
    const [first] = Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(stream, 1)))
    return first
  }).pipe(Effect.scoped, Effect.timeout("8 seconds"))

describe("a host", () => {
  it.scopedLive("says who it is to whoever has the secret", () =>
    Effect.gen(function* () {
      const { port } = yield* listening
      const { reply } = yield* askHost(`127.0.0.1:${port}`, SECRET)
      expect(reply).toMatchObject({ name: "studio", version: VERSION, pid: process.pid })
      const refused = yield* Effect.flip(askHost(`127.0.0.1:${port}`, Redacted.make("another one")))
      expect(refused.detail).toBe("it does not take the secret")
    })
  )

  it.scopedLive("that is not there is told so in the system's words", () =>
    Effect.gen(function* () {
      const { port } = yield* Effect.scoped(listening)
      expect((yield* Effect.flip(askHost(`127.0.0.1:${port}`, SECRET))).detail).toBe("ECONNREFUSED")
    })
  )

  it.scopedLive.each([
    { bodies: false, text: undefined },
    { bodies: true, text: "hello" }
  ])("tells what happens there, with words only where they are asked for ($bodies)", ({ bodies, text }) =>
    Effect.gen(function* () {
      const { events, port } = yield* listening
      const first = yield* heard(events.publish(judged), port, bodies)
      expect(first).toMatchObject({ host: "studio", event: { _tag: "MessageJudged", rowId: 7 } })
      expect(first?.event).toHaveProperty("accountId", "one")
      expect("text" in (first?.event ?? {}) ? first?.event : undefined).toEqual(
        text === undefined ? undefined : expect.objectContaining({ text })
      )
    })
  )
})
