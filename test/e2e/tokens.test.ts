/** Tokens that commands make, and the page that they open, through the built program. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { run } from "../support/command.ts"
import { makeHome, startGateway } from "../support/gateway.ts"
import { eventually } from "../support/simulator.ts"
import { askPort, cookieOf, signIn, TOKEN, webGateway } from "../support/webPage.ts"

const Listed = Schema.parseJson(
  Schema.Array(
    Schema.Struct({ number: Schema.Int, name: Schema.String, lastUsedAt: Schema.optional(Schema.Number) })
  )
)

describe("tokens", () => {
  it.scopedLive("are made, shown once, taken by the gateway that runs, and revoked with their sessions", () =>
    Effect.gen(function* () {
      const { awaitPage, gateway, home, port } = yield* webGateway({ token: undefined })
      yield* awaitPage()
      yield* gateway.awaitLog("no token yet", ({ message }) => String(message).includes("there is no token"))
      const command = (...args: ReadonlyArray<string>) => run(...args, "--config", home.configFile)
      const made = yield* command("tokens", "create", "--name", "laptop")
      const token = made.stdout.trim()
      expect(token).toMatch(/^imsgw_[\w-]{43}$/u)
      expect(made.stderr).toContain("shown this once")

      expect((yield* signIn(port, TOKEN)).status).toBe(401)
      const cookie = cookieOf(yield* signIn(port, token))
      const status = Effect.map(
        askPort(port, { path: "/status", headers: { cookie } }),
        (told) => told.status
      )
      expect(yield* status).toBe(200)
      const list = Effect.flatMap(command("tokens", "list", "--json"), ({ stdout }) => {
        expect(stdout).not.toContain(token)
        return Schema.decode(Listed)(stdout)
      })
      const [seen] = yield* eventually("its use", list, ([one]) => one?.lastUsedAt !== undefined)
      expect(seen).toMatchObject({ number: 1, name: "laptop" })

      const bearer = { authorization: `Bearer ${token}` }
      const events = yield* Effect.promise(() =>
        fetch(`http://127.0.0.1:${port}/events?bodies=true`, { headers: bearer })
      )
      expect(events.status).toBe(200)
      yield* command("tokens", "revoke", "1")
      expect(yield* status).toBe(401)
      // Who listens with it is told no more: the stream ends.
      yield* Effect.timeout(
        Effect.promise(() => events.text()),
        "15 seconds"
      )
      expect((yield* askPort(port, { path: "/status", headers: bearer })).status).toBe(401)
      const again = yield* command("tokens", "revoke", "1")
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("there is no token 1")])
      expect((yield* command("audit")).stdout).toMatch(
        /made token 1 \(laptop\)[\s\S]*revoked token 1 \(laptop\)/u
      )
    })
  )

  it.scopedLive("can be made before the gateway has ever run", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({})
      const command = (...args: ReadonlyArray<string>) => run(...args, "--config", home.configFile)
      expect((yield* command("tokens", "list")).stdout).toContain("There are no tokens.")
      yield* command("tokens", "create", "--name", "laptop")
      expect((yield* command("tokens", "list")).stdout).toContain("laptop")
    })
  )

  it.scopedLive("keep a browser signed in while the gateway is restarted", () =>
    Effect.gen(function* () {
      const { awaitPage, gateway, home, port } = yield* webGateway()
      yield* awaitPage()
      const cookie = cookieOf(yield* signIn(port))
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      const next = yield* startGateway(home)
      yield* next.awaitLog("the web page", ({ message }) => message === "the web page is up")
      expect((yield* askPort(port, { path: "/status", headers: { cookie } })).status).toBe(200)
    })
  )
})
