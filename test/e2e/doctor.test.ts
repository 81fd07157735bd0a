/** `doctor`, through real processes: what it finds, and that it disturbs nothing. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { MAIN, runWith } from "../support/command.ts"
import { conversation, type Home, makeHome, openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { eventually, makeSimulator, type SimulatorOptions } from "../support/simulator.ts"

const Report = Schema.parseJson(
  Schema.Struct({
    ok: Schema.Boolean,
    checks: Schema.Array(
      Schema.Struct({
        id: Schema.String,
        title: Schema.String,
        account: Schema.optional(Schema.String),
        status: Schema.Literal("ok", "warning", "failed"),
        detail: Schema.String,
        remedy: Schema.optional(Schema.String)
      })
    )
  })
)

/** Runs doctor on a gateway's folder, which is also the home folder. */
const run = (home: Home, ...args: ReadonlyArray<string>) =>
  runWith(
    { HOME: home.dir, TERM_PROGRAM: "Apple_Terminal", SSH_CONNECTION: "" },
    "node",
    ...[MAIN, "doctor", "--config", home.configFile, ...args]
  )

const examined = (home: Home, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { code, stdout } = yield* run(home, "--json", ...args)
    const { checks, ok } = yield* Schema.decode(Report)(stdout)
    return {
      code,
      ok,
      checks,
      order: checks.map(({ account, id }) => (account === undefined ? id : `${account}/${id}`)),
      of: (id: string) => checks.find((check) => check.id === id)
    }
  })

/** A simulator in which one person has written, and a gateway's folder for it. */
const prepared = (options: SimulatorOptions = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator(options)
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "a secret" })
    const home = yield* makeHome({ imessage: openAccount(imsg) })
    return { imsg, chat, home }
  })

/** The same, with a wrapper around `imsg`. `$IMSG` is the program. */
const wrapped = (script: string, supervision: object = {}) =>
  Effect.gen(function* () {
    const { imsg } = yield* prepared()
    const fs = yield* FileSystem.FileSystem
    const cliPath = `${imsg.dir}/wrapper`
    yield* fs.writeFileString(cliPath, `#!/bin/sh\nIMSG='${imsg.cliPath}'\n${script}\n`, { mode: 0o755 })
    const home = yield* makeHome({
      imessage: {
        ...openAccount(imsg),
        cliPath,
        supervision: { ...QUICK.supervision, startTimeoutMs: 4000, ...supervision }
      }
    })
    return { imsg, cliPath, home }
  }).pipe(Effect.provide(NodeContext.layer))

const nothingLeft = (imsg: Effect.Effect.Success<ReturnType<typeof makeSimulator>>) =>
  eventually("no process of imsg", imsg.pids, (pids) => pids.length === 0)

const deadline = { timeout: 120_000 }

describe("doctor, where everything is in order,", () => {
  it.scopedLive.each(["0.15.0", "0.9.0", "0.5.0"])(
    "looks at all of it in order, and exits 0 (imsg %s)",
    (build) =>
      Effect.gen(function* () {
        const { home, imsg } = yield* prepared({ build })
        const { code, of, ok, order } = yield* examined(home)
        expect(order).toEqual([
          "node",
          "config",
          "state",
          "default/imsg",
          "default/rpc",
          "default/handshake",
          "default/full-disk-access",
          "default/contacts",
          "default/bridge",
          "gateway",
          "sessions",
          "service",
          "disk",
          "clock"
        ])
        expect(of("imsg")?.detail).toContain(imsg.cliPath)
        expect(of("state")?.detail).toContain("does not exist yet")
        expect({ code, ok }).toEqual({ code: 0, ok: true })
        yield* nothingLeft(imsg)
      })
  )

  it.scopedLive("prints a line each, without colours for who is no terminal, and shows nobody's words", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* prepared()
      const { code, stderr, stdout } = yield* run(home)
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      const lines = stdout.trim().split("\n")
      expect(lines.filter((line) => line.startsWith("✓ ")).length).toBeGreaterThanOrEqual(11)
      expect(stdout).toContain(`✓ default: imsg: ${imsg.cliPath}, a script, version 0.15.0`)
      expect(lines.at(-1)).toMatch(/in order\. Whether messages can be sent was not tried/u)
      expect(stdout).not.toContain("\u001b")
      expect(stdout).not.toContain("a secret")
      expect(yield* imsg.chats.sent()).toEqual([])
    })
  )

  it.scopedLive("leaves a gateway that runs as it is, and names it", () =>
    Effect.gen(function* () {
      const { chat, gateway, home, imsg, say } = yield* conversation()
      yield* say("before")
      yield* imsg.awaitSent(1)
      const before = yield* imsg.pids
      const { code, of } = yield* examined(home)
      expect(code).toBe(0)
      expect(of("state")).toMatchObject({
        status: "ok",
        detail: expect.stringContaining(`pid ${gateway.pid}`)
      })
      expect(of("gateway")?.detail).toContain(`pid ${gateway.pid}`)
      yield* eventually("the gateway's own child alone", imsg.pids, (pids) => pids.length === before.length)
      expect(yield* imsg.pids).toEqual(before)
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "after" })
      expect((yield* imsg.awaitSent(2)).map(({ text }) => text)).toEqual(["echo: before", "echo: after"])
    })
  )
})

describe("doctor finds", () => {
  it.scopedLive.each(["0.15.0", "0.9.0", "0.5.0"])(
    "that Full Disk Access is missing, and for whom (imsg %s)",
    (build) =>
      Effect.gen(function* () {
        const { home, imsg } = yield* prepared({ build })
        yield* imsg.chats.fault({ _tag: "denyFullDisk" })
        const { code, of, ok } = yield* examined(home)
        expect({ code, ok }).toEqual({ code: 1, ok: false })
        expect(of("rpc")?.status).toBe("ok")
        expect(of("full-disk-access")).toMatchObject({
          status: "failed",
          detail: expect.stringContaining("macOS denies Full Disk Access"),
          remedy: expect.stringMatching(/Full Disk Access: switch on Terminal\..*node/u)
        })
        yield* nothingLeft(imsg)
      })
  )

  it.scopedLive("a build without rpc", () =>
    Effect.gen(function* () {
      const { home } = yield* prepared({ withoutRpc: true })
      const { code, of } = yield* examined(home)
      expect(code).toBe(1)
      expect(of("imsg")?.status).toBe("ok")
      expect(of("rpc")).toMatchObject({
        status: "failed",
        remedy: expect.stringContaining("brew upgrade imsg")
      })
    })
  )

  it.scopedLive("that there is no imsg, and goes on with the rest", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ imessage: { ...QUICK, cliPath: "imsg-nowhere" } })
      const { code, of, order } = yield* examined(home)
      expect(code).toBe(1)
      expect(of("imsg")).toMatchObject({
        status: "failed",
        detail: expect.stringContaining("in no folder of PATH")
      })
      expect(order).toEqual([
        "node",
        "config",
        "state",
        "default/imsg",
        "gateway",
        "sessions",
        "service",
        "disk",
        "clock"
      ])
    })
  )

  it.scopedLive("why imsg ends at once", () =>
    Effect.gen(function* () {
      const { home } = yield* wrapped("echo 'the dog ate it' >&2; exit 3")
      const { code, of } = yield* examined(home)
      expect(code).toBe(1)
      expect(of("rpc")).toMatchObject({ status: "failed", detail: expect.stringContaining("the dog ate it") })
    })
  )

  it.scopedLive.each([
    { what: "what goes in", script: 'input=$(cat); printf "%s\\n" "$input" | "$IMSG" "$@"' },
    { what: "what comes out", script: 'output=$("$IMSG" "$@"); printf "%s\\n" "$output"' }
  ])(
    "a wrapper that collects $what",
    ({ script }) =>
      Effect.gen(function* () {
        const { cliPath, home, imsg } = yield* wrapped(script)
        const { code, of } = yield* examined(home)
        expect(code).toBe(1)
        expect(of("handshake")).toMatchObject({
          status: "failed",
          detail: expect.stringContaining(`${cliPath} runs, but answers only once its input has ended`),
          remedy: expect.stringContaining('exec … imsg "$@"')
        })
        yield* nothingLeft(imsg)
      }),
    deadline
  )

  it.scopedLive(
    "a wrapper that says nothing at all, and does not take it for one that collects",
    () =>
      Effect.gen(function* () {
        const { home } = yield* wrapped("exec sleep 1000")
        const { code, of } = yield* examined(home)
        expect(code).toBe(1)
        expect(of("handshake")).toMatchObject({
          status: "failed",
          detail: expect.stringContaining(
            "did not answer `initialize` within 4000 ms, and neither when its input ended"
          )
        })
      }),
    deadline
  )

  it.scopedLive(
    "an imsg that is silent once",
    () =>
      Effect.gen(function* () {
        const { home, imsg } = yield* wrapped('exec "$IMSG" "$@"', { startTimeoutMs: 8000 })
        yield* imsg.chats.fault({ _tag: "hang", on: "start" })
        const { code, of } = yield* examined(home)
        expect(of("handshake")).toMatchObject({ status: "warning" })
        expect(of("full-disk-access")?.status).toBe("ok")
        expect(code).toBe(0)
        yield* nothingLeft(imsg)
      }),
    deadline
  )

  it.scopedLive("that nobody has written yet", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const { code, of } = yield* examined(yield* makeHome({ imessage: openAccount(imsg) }))
      expect(of("full-disk-access")).toMatchObject({
        status: "warning",
        detail: expect.stringContaining("no chats")
      })
      expect(code).toBe(0)
    })
  )

  it.scopedLive("every problem of the config, and looks at what it can", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* prepared()
      const broken = yield* makeHome({
        stateDir: home.stateDir,
        imessage: openAccount(imsg),
        retention: { days: "x" },
        shutdownMs: -1
      })
      const { code, of } = yield* examined(broken)
      expect(code).toBe(1)
      expect(of("config")?.detail).toContain("retention.days: ")
      expect(of("config")?.detail).toContain("shutdownMs: ")
      expect(of("full-disk-access")?.status).toBe("ok")
      expect(of("state")?.detail).toContain(home.stateDir)
    })
  )

  it.scopedLive(
    "what each account lacks, in the order of the config, although one is silent",
    () =>
      Effect.gen(function* () {
        const { imsg } = yield* prepared()
        const { cliPath } = yield* wrapped("exec sleep 1000")
        const supervision = { ...QUICK.supervision, startTimeoutMs: 2000 }
        const home = yield* makeHome({
          imessage: {
            ...QUICK,
            supervision,
            accounts: {
              silent: { cliPath },
              off: { enabled: false, cliPath: "imsg-nowhere" },
              well: { cliPath: imsg.cliPath, dbPath: imsg.dbPath }
            }
          }
        })
        const { code, order } = yield* examined(home)
        expect(code).toBe(1)
        expect(order.filter((place) => place.includes("/"))).toEqual([
          "silent/imsg",
          "silent/handshake",
          "well/imsg",
          "well/rpc",
          "well/handshake",
          "well/full-disk-access",
          "well/contacts",
          "well/bridge"
        ])
      }),
    deadline
  )
})

describe("doctor --send-to", () => {
  it.scopedLive("really sends one message that says what it is", () =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* prepared()
      const { code, of } = yield* examined(home, "--send-to", `chat_id:${chat.id}`)
      expect(code).toBe(0)
      expect(of("automation")).toMatchObject({
        status: "ok",
        detail: `a message was sent to chat_id:${chat.id}`
      })
      expect(yield* imsg.chats.sent()).toMatchObject([
        { chatId: chat.id, text: expect.stringContaining("imsg-gateway doctor") }
      ])
    })
  )

  it.scopedLive("finds that Automation is missing", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* prepared()
      yield* imsg.chats.fault({ _tag: "denyAutomation" })
      const { code, of } = yield* examined(home, "--send-to", PERSON)
      expect(code).toBe(1)
      expect(of("automation")).toMatchObject({
        status: "failed",
        remedy: expect.stringContaining("Automation: switch on Terminal, under it Messages")
      })
    })
  )

  it.scopedLive("does not guess which of several accounts is meant, and sends nothing", () =>
    Effect.gen(function* () {
      const { chat, imsg } = yield* prepared()
      const { dbPath, cliPath } = imsg
      const home = yield* makeHome({
        imessage: { ...QUICK, cliPath, accounts: { a: { dbPath }, b: { dbPath: `${imsg.dir}/b.db` } } }
      })
      const target = `chat_id:${chat.id}`
      const { code, stderr } = yield* run(home, "--send-to", target)
      expect(code).toBe(1)
      expect(stderr).toBe(
        "there are several accounts: a, b\nName one with --account, or for all such commands as imessage.defaultAccount in the config.\n"
      )
      expect(yield* imsg.chats.sent()).toEqual([])
      const named = yield* examined(home, "--send-to", target, "--account", "a")
      expect(named.of("automation")).toMatchObject({ status: "ok", account: "a" })
    })
  )

  it.scopedLive("refuses what is no target", () =>
    Effect.gen(function* () {
      const { home } = yield* prepared()
      const { code, stderr } = yield* run(home, "--send-to", "nobody")
      expect(code).toBe(1)
      expect(stderr).toContain('"nobody" is no target')
    })
  )
})
