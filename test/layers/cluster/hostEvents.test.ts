import { createServer } from "node:http"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Schedule, TestClock } from "effect"
import { followHosts } from "../../../src/layers/cluster/followHosts.ts"
import { followingWith } from "../../../src/layers/cluster/hostEvents.ts"
import type { NumberedEvent } from "../../../src/schemas/GatewayEvent.ts"
import type { Host, HostState } from "../../../src/services/Hosts.ts"

const line = (id: number) =>
  JSON.stringify({ id, at: id, event: { _tag: "ConfigReloaded", added: [], removed: [], changed: [] } })

/** A server that says a thing a connection, and hangs up; at the port that is answered. */
const fickle = (says: (connection: number) => string) =>
  Effect.acquireRelease(
    Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
      let connections = 0
      const server = createServer((_, response) => {
        connections++
        response.write(`\n${says(connections)}\n`, () => setTimeout(() => response.destroy(), 20))
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ port, close: () => void server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

describe("following a host", () => {
  it.scopedLive("goes on after it hung up, and passes over what this version does not know", () =>
    Effect.gen(function* () {
      const { port } = yield* fickle((n) =>
        n === 2 ? `${JSON.stringify({ id: 2, at: 2, event: { _tag: "OfTomorrow" } })}\nnot json` : line(n)
      )
      const told: Array<NumberedEvent> = []
      const follow = followingWith(Redacted.make("secret"))({ bodies: false })
      yield* Effect.forkScoped(follow({ address: `127.0.0.1:${port}` }, (event) => void told.push(event)))
      yield* Effect.repeat(
        Effect.sync(() => told.length),
        { until: (count) => count >= 2, schedule: Schedule.spaced("20 millis") }
      ).pipe(Effect.timeout("5 seconds"))
      expect(told.map(({ id }) => id).slice(0, 2)).toEqual([1, 3])
    })
  )
})

const host = (name: string, state: HostState): Host => ({
  ...{ name, state, address: `${name}:7300`, version: "1.0.0", pid: 1 },
  ...{ startedAt: 0, seenAt: 0, clockBehindMs: 0 }
})

describe("the hosts that are followed", () => {
  it.scoped("are the others that are up, each once, and only while somebody listens", () =>
    Effect.gen(function* () {
      const followed: Array<string> = []
      const ended: Array<string> = []
      const cluster = {
        here: "server",
        all: Effect.succeed([host("server", "here"), host("studio", "up"), host("lost", "silent")])
      }
      const listen = yield* followHosts(
        cluster,
        ({ bodies }) =>
          ({ address }) =>
            Effect.sync(() => followed.push(`${address} ${bodies}`)).pipe(
              Effect.zipRight(Effect.never),
              Effect.onInterrupt(() => Effect.sync(() => ended.push(address)))
            )
      )
      expect(followed).toEqual([])
      const listening = yield* Effect.fork(
        Effect.scoped(
          Effect.zipRight(Effect.all([listen({ bodies: false }), listen({ bodies: false })]), Effect.never)
        )
      )
      yield* Effect.yieldNow().pipe(Effect.repeatN(100))
      expect(followed).toEqual(["studio:7300 false"])
      yield* Fiber.interrupt(listening)
      yield* TestClock.adjust("11 seconds")
      expect(ended).toEqual(["studio:7300"])
    })
  )
})
