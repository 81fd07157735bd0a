/** The server of the web page: who is let in, and who is not. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { freePort } from "../support/freePort.ts"
import { eventually } from "../support/simulator.ts"
import { type Asked, askPort, cookieOf, signIn, TOKEN, webGateway } from "../support/webPage.ts"

const bearer = { authorization: `Bearer ${TOKEN}` }

/** A gateway whose page is up. */
const page = (http?: Readonly<Record<string, unknown>>) =>
  Effect.tap(webGateway(http), ({ awaitPage }) => awaitPage())

/** The first event of a kind that a browser with this cookie is told, and how the stream ended, if it did. */
const listening = (port: number, cookie: string) =>
  Effect.gen(function* () {
    const told = yield* Effect.promise(() =>
      fetch(`http://127.0.0.1:${port}/events`, { headers: { cookie } })
    )
    const reader = told.body?.getReader()
    if (reader === undefined) return yield* Effect.dieMessage("the stream has no body")
    const decoder = new TextDecoder()
    const next = Effect.promise(() => reader.read())
    return {
      contentType: told.headers.get("content-type"),
      /** Reads on until this text has come. */
      until: (text: string) => {
        const read = (seen: string): Effect.Effect<string> =>
          seen.includes(text)
            ? Effect.succeed(seen)
            : Effect.flatMap(next, ({ done, value }) =>
                done ? Effect.dieMessage(`ended after ${seen}`) : read(seen + decoder.decode(value))
              )
        return Effect.timeout(read(""), "15 seconds")
      },
      /** Reads on until the end. */
      end: Effect.timeout(
        Effect.iterate(false, { while: (done) => !done, body: () => Effect.map(next, ({ done }) => done) }),
        "15 seconds"
      )
    }
  })

describe("the web server of the gateway", () => {
  it.scopedLive("answers nothing but the login page without the token", () =>
    Effect.gen(function* () {
      const { port } = yield* page()
      const closed: ReadonlyArray<Asked> = [
        { path: "/status" },
        { path: "/metrics" },
        { path: "/events" },
        { path: "/openapi.json" },
        { path: "/index.html" },
        { path: "/%6cogin" },
        { path: "/style.css/../status" },
        { path: "/../../../../etc/passwd" },
        { path: "/%2e%2e/%2e%2e/config.json5" },
        { path: "//etc/passwd" },
        { path: "/page.js%00.html" },
        { path: "/status", headers: { authorization: "Bearer nonsense" } },
        { path: "/status", headers: { authorization: `Basic ${btoa(`:${TOKEN}`)}` } },
        { path: "/status", headers: { cookie: `imsg-gateway-${port}=${TOKEN}` } },
        { path: `/status?token=${TOKEN}` }
      ]
      for (const asked of closed) {
        expect([asked, (yield* askPort(port, asked)).status]).toEqual([asked, 401])
      }
      expect(yield* askPort(port, { path: "/" })).toMatchObject({
        status: 303,
        headers: { location: "/login" }
      })
      expect((yield* askPort(port, { path: "/login" })).body).toContain("Token")
    })
  )

  it.scopedLive("refuses what comes from somebody else's page, or is asked under somebody else's name", () =>
    Effect.gen(function* () {
      const { port } = yield* page()
      const cookie = cookieOf(yield* signIn(port))
      const restart = { method: "POST", path: "/accounts/default/restart" }
      const own = `http://127.0.0.1:${port}`
      const table: ReadonlyArray<readonly [Asked, number]> = [
        [{ ...restart, headers: { cookie, origin: own } }, 204],
        [{ ...restart, headers: { cookie } }, 403],
        [restart, 401],
        [{ ...restart, headers: { origin: own } }, 401],
        [{ ...restart, headers: { cookie, origin: "null" } }, 403],
        [{ ...restart, headers: { cookie, origin: "http://example.com" } }, 403],
        [{ ...restart, headers: { cookie, origin: `http://127.0.0.1:${port + 1}` } }, 403],
        [{ ...restart, headers: { cookie, origin: own, "sec-fetch-site": "same-site" } }, 403],
        [{ ...restart, headers: { ...bearer } }, 204],
        [{ ...restart, headers: { ...bearer, origin: "http://example.com" } }, 403],
        [{ path: "/status", headers: { cookie } }, 200],
        [{ path: "/status", headers: { cookie, "sec-fetch-site": "cross-site" } }, 403],
        [{ method: "OPTIONS", path: "/status", headers: { cookie } }, 403],
        [{ path: "/status", headers: { ...bearer, host: "example.com" } }, 403],
        [{ path: "/login", headers: { host: `rebound.example.com:${port}` } }, 403],
        [{ path: "/status", headers: { ...bearer, host: "localhost:9000" } }, 200]
      ]
      for (const [asked, status] of table) {
        expect([asked, (yield* askPort(port, asked)).status]).toEqual([asked, status])
      }
      expect((yield* signIn(port, TOKEN, { origin: "http://example.com" })).status).toBe(403)
    })
  )

  it.scopedLive("gives a cookie that scripts and other sites cannot use, and that sign-out ends", () =>
    Effect.gen(function* () {
      const { port } = yield* page()
      const answer = yield* signIn(port)
      expect(answer.status).toBe(204)
      const [set = ""] = answer.headers["set-cookie"] ?? []
      for (const flag of ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=604800"])
        expect(set).toContain(flag)
      expect(set).not.toContain(TOKEN)
      const cookie = cookieOf(answer)
      const status = askPort(port, { path: "/status", headers: { cookie } })
      expect((yield* status).status).toBe(200)
      const events = yield* listening(port, cookie)
      yield* askPort(port, {
        method: "POST",
        path: "/logout",
        headers: { cookie, origin: `http://127.0.0.1:${port}` }
      })
      expect((yield* status).status).toBe(401)
      // Who has signed out is told nothing more, either.
      yield* events.end
    })
  )

  it.scopedLive("sends the headers that keep a page to itself with every answer", () =>
    Effect.gen(function* () {
      const { port } = yield* page()
      const asked: ReadonlyArray<readonly [Asked, number]> = [
        [{ path: "/login" }, 200],
        [{ path: "/", headers: bearer }, 200],
        [{ path: "/status", headers: bearer }, 200],
        [{ path: "/nowhere", headers: bearer }, 404],
        [{ path: "/status" }, 401],
        [{ path: "/status", headers: { host: "example.com" } }, 403]
      ]
      for (const [one, status] of asked) {
        const answer = yield* askPort(port, one)
        expect([one.path, answer.status]).toEqual([one.path, status])
        expect(answer.headers["content-security-policy"]).toBe(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        expect(answer.headers).toMatchObject({
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer"
        })
        expect(answer.headers["cache-control"]).toMatch(/^no-(store|cache)$/u)
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined()
      }
      const { headers } = yield* askPort(port, { path: "/page.js" })
      const again = yield* askPort(port, {
        path: "/page.js",
        headers: { "if-none-match": headers.etag ?? "" }
      })
      expect(again).toMatchObject({ status: 304, body: "" })
    })
  )

  it.scopedLive("takes the right token whoever guesses meanwhile, and answers guesses slowly", () =>
    Effect.gen(function* () {
      const { port } = yield* page()
      const events = yield* listening(port, cookieOf(yield* signIn(port)))
      for (let tries = 0; tries < 10; tries++) expect((yield* signIn(port, "wrong")).status).toBe(401)
      const [took, limited] = yield* Effect.timed(signIn(port, "wrong"))
      expect(limited.status).toBe(429)
      expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0)
      expect(Duration.toMillis(took)).toBeGreaterThan(900)
      expect(
        (yield* askPort(port, { path: "/status", headers: { authorization: "Bearer no" } })).status
      ).toBe(429)
      // Behind a tunnel the owner has the same address.
      expect((yield* signIn(port)).status).toBe(204)
      expect((yield* askPort(port, { path: "/metrics", headers: bearer })).body).toContain(
        'imsg_gateway_logins_total{outcome="refused"} 10'
      )
      expect(yield* events.until("event: SignedIn")).toContain('event: TokenRefused\ndata: {"at":')
    })
  )

  it.scopedLive("tells events to so many listeners, and the next that there is no room", () =>
    Effect.gen(function* () {
      const { port, say, imsg } = yield* page()
      const cookie = cookieOf(yield* signIn(port))
      const events = yield* Effect.replicateEffect(listening(port, cookie), 32)
      const next = yield* askPort(port, { path: "/events", headers: bearer })
      expect({ status: next.status, ...JSON.parse(next.body) }).toMatchObject({
        status: 503,
        code: "too_many_listeners",
        hint: expect.stringContaining("Close a page")
      })
      yield* say("hello")
      yield* imsg.awaitSent(1)
      for (const { until } of events) yield* until("event: DeliveryEnded")
      yield* askPort(port, {
        method: "POST",
        path: "/logout",
        headers: { cookie, origin: `http://127.0.0.1:${port}` }
      })
      for (const { end } of events) yield* end
      yield* listening(port, cookieOf(yield* signIn(port)))
    })
  )

  it.scopedLive("tells a browser what happens, without anybody's words", () =>
    Effect.gen(function* () {
      const { port, say } = yield* page()
      const events = yield* listening(port, cookieOf(yield* signIn(port)))
      expect(events.contentType).toContain("text/event-stream")
      yield* say("a secret word")
      const told = yield* events.until("event: DeliveryEnded")
      expect(told).toContain("event: MessageJudged")
      expect(told).not.toContain("secret")
    })
  )

  it.scopedLive(
    "is moved by a reload, whereupon cookies and the old token count no more, and taken away",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { awaitPage, gateway, home, imessage, port } = yield* page()
        const cookie = cookieOf(yield* signIn(port))
        const other = yield* freePort
        const reload = (control: unknown) =>
          Effect.zipRight(
            fs.writeFileString(
              home.configFile,
              JSON.stringify({
                stateDir: home.stateDir,
                shutdownMs: 5000,
                messages: { loopGuard: { maxPerMinute: 0 }, budget: false },
                imessage,
                control
              })
            ),
            gateway.signal("SIGHUP")
          )
        yield* reload({ http: { port: other, token: "another-token-of-tests-that-is-long" } })
        yield* awaitPage(2)
        expect(yield* Effect.flip(askPort(port, { path: "/login" }))).toMatchObject({ code: "ECONNREFUSED" })
        expect((yield* askPort(other, { path: "/status", headers: bearer })).status).toBe(401)
        expect((yield* askPort(other, { path: "/status", headers: { cookie } })).status).toBe(401)
        expect((yield* signIn(other, "another-token-of-tests-that-is-long")).status).toBe(204)
        yield* reload({})
        yield* eventually(
          "nobody listens",
          Effect.either(askPort(other, { path: "/login" })),
          ({ _tag }) => _tag === "Left"
        )
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("warns of an open network, and does not keep the gateway from its work", () =>
    Effect.gen(function* () {
      const { awaitPage, gateway, imsg, port, say } = yield* webGateway({ host: "0.0.0.0" })
      yield* awaitPage()
      const warned = (text: string) =>
        gateway.awaitLog(
          text,
          ({ logLevel, message }) => logLevel === "WARN" && String(message).includes(text)
        )
      yield* warned("beyond this machine")
      const second = yield* webGateway({ port })
      yield* second.gateway.awaitLog("taken", ({ message }) => String(message).includes("EADDRINUSE"))
      yield* second.say("hello")
      yield* second.imsg.awaitSent(1)
      yield* say("hello")
      yield* imsg.awaitSent(1)
      // The second one takes the place once it is free.
      yield* gateway.signal("SIGKILL")
      yield* second.awaitPage()
    })
  )
})
