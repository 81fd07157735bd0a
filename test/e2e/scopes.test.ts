/** What tokens are worth: each scope tries each endpoint and each tool, over TCP and on the socket. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { isGranted, SCOPES } from "../../src/schemas/Grant.ts"
import { TOOLS, type Tool } from "../../src/schemas/tools.ts"
import { run } from "../support/command.ts"
import { ask, awaitControl } from "../support/control.ts"
import { ENDPOINTS, type Endpoint } from "../support/endpoints.ts"
import { PERSON } from "../support/gateway.ts"
import { overHttp, overStdio } from "../support/mcp.ts"
import { eventually } from "../support/simulator.ts"
import { askPort, signIn, TOKEN, webGateway } from "../support/webPage.ts"

/** What is no endpoint, and is the owner's too. */
const OTHERS = ["/", "/docs/web.md", "/openapi.json"].map(
  (path): Endpoint => ({ method: "GET", path, needs: ["admin"], isGuarded: true })
)

/** Bodies that nothing takes: who may ask is told so, and nothing is done. */
const NOTHING = "[]"
const json = { "content-type": "application/json" }

/** A gateway with a token of each scope alone. */
const begun = Effect.gen(function* () {
  const started = yield* webGateway()
  yield* started.awaitPage()
  yield* awaitControl(started.home)
  const tokens = yield* Effect.forEach(SCOPES, (scope) =>
    Effect.map(
      run("tokens", "create", "--name", scope, "--scope", scope, "--config", started.home.configFile),
      ({ stdout }) => ({ scope, token: stdout.trim() })
    )
  )
  return { ...started, tokens }
})

describe("the endpoints of the control server", () => {
  it("stand each behind what it needs", () => {
    expect(ENDPOINTS.filter(({ isGuarded }) => !isGuarded)).toEqual([])
    const open = ENDPOINTS.filter(({ needs }) => !needs.includes("admin") || needs.length > 1)
    expect(open.map(({ method, needs, path }) => `${method} ${path}: ${needs.join(", ")}`)).toEqual([
      "GET /health: read",
      "GET /status: read",
      "POST /send: send",
      "POST /uploads: send",
      "GET /chats: read",
      "GET /chats/1/history: read",
      "GET /tools: chat, read, send, group, admin",
      "POST /tools/none: chat, read, send, group, admin"
    ])
  })

  it.scopedLive("answer a token of each scope what that is worth, over TCP and on the socket", () =>
    Effect.gen(function* () {
      const { home, port, tokens } = yield* begun
      for (const { scope, token } of tokens) {
        const headers = { ...json, authorization: `Bearer ${token}` }
        // The owner's is tried elsewhere: what it asks for is done.
        if (scope === "admin") continue
        for (const { method, needs, path } of ENDPOINTS) {
          const isBodiless = method === "GET"
          const body = isBodiless ? {} : { body: NOTHING }
          const asked = [scope, method, path]
          const isRefused = !isGranted({ scopes: [scope] }, needs)
          const web = yield* askPort(port, { method, path, headers, ...body })
          expect([...asked, web.status === 403]).toEqual([...asked, isRefused])
          const socket = yield* ask(home, path, method, isBodiless ? undefined : NOTHING, headers)
          expect([...asked, socket.status === 403]).toEqual([...asked, isRefused])
          if (!isRefused) continue
          for (const told of [web.body, socket.body]) {
            expect(JSON.parse(told)).toMatchObject({
              code: "scope_missing",
              message: expect.stringContaining(needs.join(" or ")),
              hint: expect.stringContaining("imsg-gateway tokens create")
            })
          }
        }
        for (const { path } of OTHERS) {
          expect([scope, path, (yield* askPort(port, { path, headers })).status]).toEqual([scope, path, 403])
        }
        const refused = yield* signIn(port, token)
        expect([refused.status, refused.headers["set-cookie"]]).toEqual([403, undefined])
        expect(JSON.parse(refused.body)).toMatchObject({ code: "scope_missing" })
      }
    })
  )

  it.scopedLive(
    "are nobody's with a token that is none, and the owner's without one on the socket alone",
    () =>
      Effect.gen(function* () {
        const { home, port } = yield* begun
        for (const authorization of ["Bearer imsgw_nonsense", "Bearer", "Basic eDp5", ""]) {
          const { body, status } = yield* ask(home, "/status", "GET", undefined, { authorization })
          expect([authorization, status]).toEqual([authorization, 401])
          expect(JSON.parse(body)).toMatchObject({ code: "wrong_token" })
        }
        expect(
          (yield* ask(home, "/status", "GET", undefined, { authorization: `Bearer ${TOKEN}` })).status
        ).toBe(200)
        expect((yield* ask(home, "/status")).status).toBe(200)
        expect((yield* askPort(port, { path: "/status" })).status).toBe(401)
      })
  )

  it.scopedLive("send no file of the machine for a token that may only send, whichever way it comes", () =>
    Effect.gen(function* () {
      const { home, tokens } = yield* begun
      const token = tokens.find(({ scope }) => scope === "send")?.token
      const file = home.configFile
      const request = { to: "+15555550111", files: [file] }
      const { body, status } = yield* ask(home, "/send", "POST", request, {
        authorization: `Bearer ${token}`
      })
      expect([status, body]).toEqual([409, expect.stringContaining("mediaRoots")])
    })
  )
})

describe("a token that is revoked", () => {
  it.scopedLive("hears nothing of what was waited for with it, through either door", () =>
    Effect.gen(function* () {
      const { home, port, say, tokens } = yield* begun
      const headers = {
        ...json,
        authorization: `Bearer ${tokens.find(({ scope }) => scope === "read")?.token}`
      }
      const path = "/tools/wait_for_messages"
      const body = JSON.stringify({ wait_ms: 15_000 })
      const calls = yield* Effect.forEach(
        [ask(home, path, "POST", body, headers), askPort(port, { path, method: "POST", headers, body })],
        (call) => Effect.fork(call)
      )
      const list = Effect.map(run("tokens", "list", "--config", home.configFile), ({ stdout }) => stdout)
      yield* eventually("the use of it", list, (text) => /read .*(now|ago)/u.test(text))
      const revoked = yield* run("tokens", "revoke", "2", "--config", home.configFile)
      expect(revoked).toMatchObject({ code: 0, stdout: expect.stringContaining("read") })
      yield* say("too late")
      for (const call of calls) {
        const { body, status } = yield* Fiber.join(call)
        expect([status, JSON.parse(body)]).toEqual([403, expect.objectContaining({ code: "access_over" })])
      }
    })
  )
})

describe("the name of a message", () => {
  it.scopedLive("is of the token that gave it: no other is told of it, or kept from using it", () =>
    Effect.gen(function* () {
      const { home, tokens } = yield* begun
      const token = tokens.find(({ scope }) => scope === "send")?.token
      const send = (text: string, headers: Readonly<Record<string, string>>) =>
        Effect.map(ask(home, "/send", "POST", { to: PERSON, text, id: "the-same" }, headers), ({ body }) =>
          JSON.parse(body)
        )
      const ofToken = yield* send("of the token", { authorization: `Bearer ${token}` })
      const ofOwner = yield* send("of the owner", {})
      expect([ofToken.state, ofOwner.state]).toEqual(["sent", "sent"])
      expect(ofOwner.id).toBe("send:default:the-same")
      expect(ofToken.id).not.toBe(ofOwner.id)
      expect(ofToken.parts[0].guid).not.toBe(ofOwner.parts[0].guid)
      expect(yield* send("again", { authorization: `Bearer ${token}` })).toEqual(ofToken)
    })
  )
})

describe("the tools of the MCP server", () => {
  it.scopedLive("are those that the scope of a token is worth, through both doors", () =>
    Effect.gen(function* () {
      const { home, port, tokens } = yield* begun
      for (const { scope, token } of tokens) {
        const clients = [
          yield* overHttp(port, token),
          yield* overStdio({ IMSG_GATEWAY_STATE_DIR: home.stateDir, IMSG_GATEWAY_TOKEN: token })
        ]
        const granted = Object.values<Tool>(TOOLS).filter((tool) =>
          isGranted({ scopes: [scope] }, tool.scopes)
        )
        for (const client of clients) {
          expect((yield* client.tools).map(({ name }) => name)).toEqual(granted.map(({ name }) => name))
          for (const tool of Object.values<Tool>(TOOLS)) {
            // What no tool takes is told to whoever may call it.
            const { isError, text } = yield* client.call(tool.name, { nonsense: true })
            const isKnown = granted.includes(tool)
            expect([scope, tool.name, isError, text.includes("there is no tool")]).toEqual([
              scope,
              tool.name,
              true,
              !isKnown
            ])
          }
        }
      }
    })
  )
})
