/** The control server of a running gateway: what it says, and what it does. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { ask, asking, awaitControl, listen } from "../support/control.ts"
import { conversation, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, signal } from "../support/simulator.ts"

describe("the control socket", () => {
  it.scopedLive("is for its owner only, and goes with the gateway", () =>
    Effect.gen(function* () {
      const { gateway, home } = yield* conversation()
      yield* awaitControl(home)
      const fs = yield* FileSystem.FileSystem
      const socket = `${home.stateDir}/gateway.sock`
      expect((yield* fs.stat(socket)).mode & 0o777).toBe(0o600)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      expect(yield* fs.exists(socket)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is opened again after a gateway that was killed", () =>
    Effect.gen(function* () {
      const { gateway, home } = yield* conversation()
      yield* awaitControl(home)
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      expect((yield* asking(home, (client) => client.status())).pid).toBe(next.pid)
    })
  )

  it.scopedLive("that cannot be opened is a warning, and everything else works", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const base = yield* makeHome({})
      const stateDir = `${base.dir}/${"long".repeat(40)}`
      const home = yield* makeHome({ stateDir, imessage: openAccount(imsg) })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* gateway.awaitLog("a warning", ({ message }) =>
        String(message).startsWith("the control socket cannot be opened")
      )
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "still there?" })
      yield* eventually("the answer", imsg.chats.sent(), (sent) =>
        sent.some(({ text }) => text === "echo: still there?")
      )
    })
  )

  it.scopedLive("does not keep a gateway from stopping while somebody listens", () =>
    Effect.gen(function* () {
      const { gateway, home } = yield* conversation()
      const { ended } = yield* listen(home)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      yield* ended
    })
  )

  it.scopedLive("describes itself, and refuses what it does not know", () =>
    Effect.gen(function* () {
      const { home } = yield* conversation()
      yield* awaitControl(home)
      const document = JSON.parse((yield* ask(home, "/openapi.json")).body)
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining([
          "/health",
          "/status",
          "/metrics",
          "/send",
          "/events",
          "/pairing",
          "/deadletters"
        ])
      )
      const nowhere = yield* ask(home, "/nothing")
      expect(nowhere.status).toBe(404)
      expect(JSON.parse(nowhere.body)).toEqual({
        _tag: "NotFound",
        code: "path_not_found",
        message: "there is no GET /nothing",
        hint: expect.stringContaining("/openapi.json")
      })
    })
  )
})

describe("health", () => {
  it.scopedLive("is 200 while every enabled account runs, and 503 with the reason while one does not", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* conversation()
      yield* awaitControl(home)
      expect(yield* ask(home, "/health")).toMatchObject({ status: 200 })
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      const ill = yield* eventually("degraded", ask(home, "/health"), ({ body }) => body.includes("degraded"))
      expect(ill.status).toBe(503)
      expect(JSON.parse(ill.body)).toMatchObject({
        status: "unhealthy",
        reasons: [
          { account: "default", state: "degraded", reason: expect.stringContaining("Full Disk Access") }
        ]
      })
      yield* imsg.chats.clearFaults
      yield* eventually("200 again", ask(home, "/health"), ({ status }) => status === 200)
    })
  )
})

describe("metrics", () => {
  it.scopedLive("count what happened", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, say } = yield* conversation()
      yield* awaitControl(home)
      yield* say("one")
      yield* eventually("the answer", imsg.chats.sent(), (sent) => sent.length === 1)
      const pid = (yield* asking(home, (client) => client.status())).accounts[0]?.pid ?? 0
      yield* signal(pid, "SIGKILL")
      yield* gateway.awaitRunning("default", 2)
      const { body, headers } = yield* eventually("the counts", ask(home, "/metrics"), ({ body: text }) =>
        text.includes('imsg_gateway_deliveries_total{account="default",outcome="sent"} 1')
      )
      expect(headers["content-type"]).toContain("version=0.0.4")
      for (const line of [
        'imsg_gateway_messages_total{account="default",verdict="dm-open"} 1',
        'imsg_gateway_turns_total{agent="main",outcome="answered"} 1',
        'imsg_gateway_turn_duration_seconds_count{agent="main",outcome="answered"} 1',
        'imsg_gateway_restarts_total{account="default",reason="child_exited"} 1',
        'imsg_gateway_account_state{account="default",state="running"} 1',
        'imsg_gateway_queue_length{queue="messages"} 0'
      ]) {
        expect(body.split("\n")).toContain(line)
      }
    })
  )
})

describe("events", () => {
  it.scopedLive("tell what happens, without anybody's words", () =>
    Effect.gen(function* () {
      const { home, say } = yield* conversation()
      const { seen } = yield* listen(home)
      yield* say("a secret")
      const text = yield* eventually("the end of the delivery", seen, (so) => so.includes("DeliveryEnded"))
      const names = [...text.matchAll(/^event: (\w+)$/gmu)].map(([, name]) => name)
      expect(names).toEqual(
        expect.arrayContaining(["MessageJudged", "TurnEnded", "PartSettled", "DeliveryEnded"])
      )
      expect(text).not.toContain("a secret")
    })
  )

  it.scopedLive("have the words where they are asked for", () =>
    Effect.gen(function* () {
      const { home, say } = yield* conversation()
      const { seen } = yield* listen(home, "/events?bodies=true")
      yield* say("no secret")
      yield* eventually(
        "both messages",
        seen,
        (so) => so.includes('"no secret"') && so.includes('"echo: no secret"')
      )
    })
  )

  it.scopedLive("never have the words of somebody who is not admitted", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({ imessage: { ...openAccount(imsg), dmPolicy: "pairing", allowFrom: [] } })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const { seen } = yield* listen(home, "/events?bodies=true")
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "let me in" })
      const text = yield* eventually("the request", seen, (so) => so.includes("PairingRequested"))
      expect(text).not.toContain("let me in")
      const [request] = yield* asking(home, (client) => client.pairing.pending())
      expect(request).toMatchObject({ sender: PERSON })
      yield* asking(home, (client) => client.pairing.approve({ path: { code: request?.code ?? "" } }))
      yield* eventually("the approval", seen, (so) => so.includes("PairingApproved"))
    })
  )
})

describe("the status command", () => {
  it.scopedLive("shows the accounts, and the same as JSON", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, say } = yield* conversation()
      yield* awaitControl(home)
      yield* say("hi")
      yield* eventually("the answer", imsg.chats.sent(), (sent) => sent.length === 1)
      const shown = yield* run("status", "--config", home.configFile)
      expect(shown).toMatchObject({ code: 0, stderr: "" })
      expect(shown.stdout).toMatch(/^default +running +\S/mu)
      const json = JSON.parse((yield* run("status", "--config", home.configFile, "--json")).stdout)
      expect(json).toMatchObject({
        pid: gateway.pid,
        accounts: [
          {
            id: "default",
            name: null,
            state: "running",
            restarts: 0,
            lastError: null,
            cursor: expect.any(Number),
            lastInboundAt: expect.any(Number),
            lastOutboundAt: expect.any(Number),
            clockBehindMs: 0,
            waitingRows: 0,
            queued: 0
          }
        ],
        pairing: { pending: 0 },
        permissions: { waiting: 0 },
        budgets: [],
        deliveries: { queued: 0, uncertain: 0, dead: 0 }
      })
    })
  )

  it.scopedLive("says what to click where an account is degraded", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      yield* startGateway(home)
      yield* eventually(
        "degraded",
        asking(home, (client) => client.status()),
        ({ accounts: [account] }) => account?.state === "degraded"
      )
      const shown = yield* run("status", "--config", home.configFile)
      expect(shown.stdout).toContain("macOS denies Full Disk Access")
      expect(shown.stdout).toContain("System Settings → Privacy & Security → Full Disk Access")
    })
  )

  it.scopedLive("exits 1 where no gateway runs, and says how to start one", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({})
      const shown = yield* run("status", "--config", home.configFile)
      expect(shown.code).toBe(1)
      expect(shown.stderr).toContain(`no gateway answers on ${home.stateDir}/gateway.sock`)
      expect(shown.stderr).toContain("imsg-gateway service start")
    })
  )
})

describe("a gateway that does not answer", () => {
  it.scopedLive("is told from one that is not there", () =>
    Effect.gen(function* () {
      const { gateway, home } = yield* conversation()
      yield* awaitControl(home)
      yield* gateway.signal("SIGSTOP")
      const shown = yield* run("status", "--config", home.configFile)
      yield* gateway.signal("SIGCONT")
      expect(shown.code).toBe(1)
      expect(shown.stderr).toContain("gave no answer")
    })
  )
})

describe("what the control server is asked", () => {
  const mistakes = [
    { what: "no target", path: "/send", payload: { text: "x" }, says: "to: is missing" },
    {
      what: "a text that is too long",
      path: "/send",
      payload: { to: PERSON, text: "x".repeat(100_001) },
      says: "text: must have at most 100000 characters"
    },
    {
      what: "too many files",
      path: "/send",
      payload: { to: PERSON, files: Array.from({ length: 21 }, () => "/x") },
      says: "files: must be at most 20 files"
    },
    { what: "half a letter", path: "/deadletters/1.5/retry", payload: {}, says: "id: " },
    { what: "no JSON", path: "/send", payload: "{", says: "Expected property name" }
  ]
  it.scopedLive("has limits, and says which", () =>
    Effect.gen(function* () {
      const { home } = yield* conversation()
      yield* awaitControl(home)
      for (const { path, payload, says, what } of mistakes) {
        const { body, status } = yield* ask(home, path, "POST", payload)
        expect({ what, status, ...JSON.parse(body) }).toMatchObject({
          what,
          status: 400,
          code: "request_invalid",
          message: expect.stringContaining(`the request cannot be taken: ${says}`),
          hint: expect.stringContaining("/openapi.json")
        })
      }
    })
  )
})

describe("an account that is restarted", () => {
  it.scopedLive("has another child, and says why", () =>
    Effect.gen(function* () {
      const { gateway, home } = yield* conversation()
      const before = yield* asking(home, (client) => client.status())
      yield* asking(home, (client) => client.restart({ path: { id: "default" } }))
      yield* gateway.awaitRunning("default", 2)
      const after = yield* asking(home, (client) => client.status())
      expect(after.accounts[0]?.pid).not.toBe(before.accounts[0]?.pid)
      expect(after.accounts[0]).toMatchObject({
        state: "running",
        restarts: 1,
        lastRestart: { reason: "restart asked for" }
      })
      const unknown = yield* Effect.flip(asking(home, (client) => client.restart({ path: { id: "other" } })))
      expect(unknown).toMatchObject({ _tag: "NotFound", code: "account_not_found" })
    })
  )
})
