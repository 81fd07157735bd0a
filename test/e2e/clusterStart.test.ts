/** A host whose way to the database is lost: it says why where it cannot begin, and ends when it is told to. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { run } from "../support/command.ts"
import { freePort } from "../support/freePort.ts"
import { makeHome, PERSON, startGateway } from "../support/gateway.ts"
import { link } from "../support/link.ts"
import { emptyDatabase } from "../support/postgres.ts"
import { eventually } from "../support/simulator.ts"

/** A host that runs nothing itself, and its way to the database. */
const host = Effect.gen(function* () {
  const { url } = yield* emptyDatabase
  const behind = new URL(Redacted.value(url))
  const way = yield* link(Number(behind.port))
  behind.port = String(way.port)
  const home = yield* makeHome({
    imessage: { accounts: { far: { runsOn: ["elsewhere"], cliPath: "/bin/false" } } },
    cluster: {
      postgres: { url: behind.href },
      name: "studio",
      address: `127.0.0.1:${yield* freePort}`,
      secret: "0123456789abcdef0123456789abcdef0123456789abcdef"
    }
  })
  return { way, home }
})

describe("a host that waits for its database at its start", () => {
  it.live("is not said to be away, nor to be stopped, by whoever asks for it or would start it again", () =>
    Effect.gen(function* () {
      const { home, way } = yield* host
      yield* way.set("swallowed")
      const gateway = yield* startGateway(home)
      yield* gateway.awaitLog("the wait", ({ message }) => String(message).includes("cannot be used"))
      const config = ["--config", home.configFile]
      for (const command of [
        ["status", ...config],
        ["send", ...config, "--account", "far", "--to", PERSON, "--text", "hello"],
        ["config", "reload", ...config]
      ]) {
        const { code, stderr } = yield* run(...command)
        expect(code).toBe(1)
        expect(stderr).toContain(`the gateway (pid ${gateway.pid}) on ${home.stateDir} is starting, or waits`)
        expect(stderr).toContain("`imsg-gateway logs` says what for")
        expect(stderr).not.toMatch(/no gateway answers|Start it|Stop it/u)
      }
      const again = yield* run(...config)
      expect(again.code).toBe(1)
      expect(again.stderr).toContain(`another gateway (pid ${gateway.pid}) is starting on ${home.stateDir}`)
      expect(again.stderr).not.toContain("Stop it first")
    }).pipe(Effect.scoped)
  )
})

describe("a host whose database does not answer any more", () => {
  it.live("says what it knows by itself and reads its config again, before whoever asks gives up", () =>
    Effect.gen(function* () {
      const { home, way } = yield* host
      const gateway = yield* startGateway(home)
      yield* gateway.awaitLog("the gateway is up", ({ message }) => message === "the gateway is up")
      const config = ["--config", home.configFile]
      yield* eventually("a status", run("status", ...config), ({ code }) => code === 0)
      yield* way.set("swallowed")

      const text = yield* run("status", ...config)
      expect(text).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/pid \d+, up .*\n\nACCOUNT.*\nfar /u)
      })
      expect(text.stderr).toMatch(
        /the store 127\.0\.0\.1:\d+\/\S+ cannot be used: it gave no answer within 5000 ms/u
      )
      const json = yield* run("status", "--json", ...config)
      expect(json.code).toBe(1)
      expect(JSON.parse(json.stdout)).toMatchObject({ pid: gateway.pid, accounts: [{ id: "far" }] })

      expect(yield* run("config", "reload", ...config)).toMatchObject({
        code: 0,
        stdout: "The config is the same; nothing was touched.\n"
      })
    }).pipe(Effect.scoped)
  )
})

describe("a host whose way to the database swallows everything", () => {
  it.live("says so and waits where that is so from the beginning, and ends when it is told to", () =>
    Effect.gen(function* () {
      const { home, way } = yield* host
      yield* way.set("swallowed")
      const gateway = yield* startGateway(home)
      yield* gateway.awaitLog("the wait", ({ message }) =>
        String(message).includes("cannot be used: no connection was made in time")
      )
      yield* gateway.signal("SIGTERM")
      expect(yield* Effect.timeout(gateway.exitCode, "30 seconds")).not.toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("ends when it is told to, also where its connections never end", () =>
    Effect.gen(function* () {
      const { home, way } = yield* host
      const gateway = yield* startGateway(home)
      yield* gateway.awaitLog("the gateway is up", ({ message }) => message === "the gateway is up")
      yield* way.set("forgotten")
      yield* gateway.signal("SIGTERM")
      expect(yield* Effect.timeout(gateway.exitCode, "30 seconds")).toBe(0)
    }).pipe(Effect.scoped)
  )
})
