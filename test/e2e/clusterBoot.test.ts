/** A host whose database is not there yet: after a power cut both boot at once. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { freePort } from "../support/freePort.ts"
import { makeHome, openAccount, QUICK, startGateway } from "../support/gateway.ts"
import { ownServer } from "../support/postgres.ts"
import { makeSimulator } from "../support/simulator.ts"

const WAITS = "the start waits for the database"

const makeWorld = Effect.gen(function* () {
  const imsg = yield* makeSimulator({ holdMs: 0 })
  const server = yield* ownServer
  yield* server.query("postgres", "CREATE DATABASE imsg")
  const start = (url: string) =>
    Effect.gen(function* () {
      const home = yield* makeHome({
        imessage: { ...QUICK, accounts: { first: { ...openAccount(imsg), runsOn: ["studio"] } } },
        cluster: {
          name: "studio",
          address: `127.0.0.1:${yield* freePort}`,
          postgres: { url },
          secret: "of-the-start-0123456789abcdef0123456789"
        }
      })
      return yield* startGateway(home)
    })
  return { server, start, url: Redacted.value(server.url("imsg")) }
})

describe("a host whose database is not there yet", () => {
  it.scopedLive("says so once, can be stopped, and starts once it is there", () =>
    Effect.gen(function* () {
      const { server, start, url } = yield* makeWorld
      yield* server.stop("fast")
      const stopped = yield* start(url)
      yield* stopped.awaitLog("the wait", ({ message }) => String(message).includes(WAITS))
      yield* stopped.signal("SIGTERM")
      expect(yield* Effect.timeout(stopped.exitCode, "10 seconds")).not.toBe(1)

      const host = yield* start(url)
      yield* host.awaitLog("the wait", ({ message }) => String(message).includes(WAITS))
      yield* Effect.sleep("3 seconds")
      yield* server.start
      yield* host.awaitRunning("first")
      expect((yield* host.output).split(WAITS)).toHaveLength(2)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("ends where the database does not let it in", () =>
    Effect.gen(function* () {
      const { start, url } = yield* makeWorld
      for (const other of [url.replace("of-the-tests", "not-of-the-tests"), `${url}-which-is-none`]) {
        const host = yield* start(other)
        expect(yield* host.exitCode).toBe(1)
        expect(yield* host.output).toContain("Check the user, the password and the database's name")
      }
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
