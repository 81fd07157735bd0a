/** What the gateway does about children that fail, and what it leaves behind when it ends. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { conversation, makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { eventually, isAlive, makeSimulator, signal } from "../support/simulator.ts"

const ALICE = "+15555550111"

const alive = (pids: ReadonlyArray<number>) => Effect.sync(() => pids.filter(isAlive))

describe("an account that needs a person is degraded, says why, and recovers by itself", () => {
  for (const [build, generation] of [
    ["0.8.1", "prints a banner and exits"],
    ["0.9.0", "refuses every request"],
    ["0.15.0", "reports the database as not ready"]
  ] as const) {
    it.scopedLive(`without Full Disk Access, where imsg ${build} ${generation}`, () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ build })
        const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
        yield* imsg.chats.fault({ _tag: "denyFullDisk" })
        const home = yield* makeHome({ imessage: openAccount(imsg) })
        const gateway = yield* startGateway(home)
        const [degraded] = yield* gateway.awaitLog("the denial", (line) => line.logLevel === "ERROR")
        expect(degraded?.annotations.code).toBe("permission_denied")
        expect(degraded?.message).toContain("Full Disk Access")
        expect(degraded?.annotations.hint).toContain(
          "System Settings → Privacy & Security → Full Disk Access"
        )
        // A grant to the terminal does not reach what launchd starts: the hint says which program needs it.
        expect(degraded?.annotations.hint).toContain(
          "(the terminal, launchd's node, or sshd for a remote Mac)"
        )
        yield* imsg.chats.clearFaults
        yield* gateway.awaitRunning()
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "hello" })
        yield* imsg.awaitSent(1)
      })
    )
  }

  it.scopedLive("without Automation: reading goes on, and the reply goes out once it is granted", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
      yield* imsg.chats.fault({ _tag: "denyAutomation" })
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "hello" })
      const [denied] = yield* gateway.awaitLog(
        "the denial",
        (line) => line.annotations.code === "permission_denied"
      )
      expect(denied?.message).toContain("Automation")
      yield* imsg.chats.clearFaults
      expect((yield* imsg.awaitSent(1, "15 seconds")).map(({ text }) => text)).toEqual(["echo: hello"])
    })
  )

  it.scopedLive("with a program that is not there, until it is", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const imsg = yield* makeSimulator()
      yield* fs.rename(imsg.cliPath, `${imsg.cliPath}-elsewhere`)
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const gateway = yield* startGateway(home)
      const [missing] = yield* gateway.awaitLog("the missing program", (line) => line.logLevel === "ERROR")
      expect(missing?.annotations.code).toBe("imsg_not_found")
      expect(missing?.message).toContain(imsg.cliPath)
      yield* fs.rename(`${imsg.cliPath}-elsewhere`, imsg.cliPath)
      yield* gateway.awaitRunning()
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("with a build that has no rpc", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ withoutRpc: true })
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const gateway = yield* startGateway(home)
      const [unsupported] = yield* gateway.awaitLog("the refusal", (line) => line.logLevel === "ERROR")
      expect(unsupported?.annotations.code).toBe("imsg_unsupported")
    })
  )
})

describe("a child that does not react", () => {
  it.scopedLive("to the handshake is named with the request that it did not answer", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      yield* imsg.chats.fault({ _tag: "hang", on: "request", method: "initialize" })
      const account = openAccount(imsg)
      const home = yield* makeHome({
        imessage: { ...account, supervision: { ...account.supervision, startTimeoutMs: 2000 } }
      })
      const gateway = yield* startGateway(home)
      const [stuck] = yield* gateway.awaitLog(
        "the stuck child",
        (line) => line.annotations.code === "child_stuck"
      )
      expect(stuck?.message).toContain(imsg.cliPath)
      expect(stuck?.message).toContain("`initialize` within 2000 ms")
      yield* gateway.awaitRunning()
    })
  )

  it.scopedLive(
    "because Messages takes its time over a send is not replaced, where it answers one by one",
    () =>
      Effect.gen(function* () {
        const { gateway, imsg, say } = yield* conversation({ build: "0.9.0" })
        // Longer than heartbeat and request timeout together.
        yield* imsg.chats.fault({ _tag: "slowSend", ms: 3000 })
        yield* say("hello")
        yield* imsg.awaitSent(1)
        yield* say("again")
        yield* imsg.awaitSent(2)
        expect((yield* gateway.lines).filter(({ message }) => message === "running").length).toBe(1)
      })
  )
})

describe("a child that is frozen", () => {
  it.scopedLive(
    "is replaced, with the default config, in time for a message to be answered within 15 s",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
        const home = yield* makeHome({
          imessage: { cliPath: imsg.cliPath, dbPath: imsg.dbPath, dmPolicy: "open", allowFrom: ["*"] }
        })
        const begun = performance.now()
        const gateway = yield* startGateway(home)
        yield* gateway.awaitLog("running", ({ message }) => message === "running", { deadline: "60 seconds" })
        // A machine that is busy with other tests takes its time over every start, the next child's included.
        const busyMs = Math.max(0, performance.now() - begun - 2000)
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "hello" })
        yield* imsg.awaitSent(1)
        for (const pid of yield* imsg.pids) yield* signal(pid, "SIGSTOP")
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "frozen?" })
        const sent = yield* imsg.awaitSent(2, 15_000 + 2 * busyMs)
        expect(sent.map(({ text }) => text)).toEqual(["echo: hello", "echo: frozen?"])
      })
  )
})

describe("where an account begins", () => {
  it.scopedLive(
    "the first start answers nothing from before; a later one answers what came while it was away",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "long ago" })
        const home = yield* makeHome({ imessage: openAccount(imsg) })
        const first = yield* startGateway(home)
        yield* first.awaitRunning()
        yield* first.signal("SIGTERM")
        expect(yield* first.exitCode).toBe(0)
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "while away" })
        const second = yield* startGateway(home)
        yield* second.awaitRunning()
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "after" })
        const sent = yield* imsg.awaitSent(2)
        expect(sent.map(({ text }) => text)).toEqual(["echo: while away", "echo: after"])
      })
  )
})

describe("nothing is left behind", () => {
  it.scopedLive(
    "when the gateway is stopped, also by a child that ignores the end of stdin and SIGTERM",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        yield* imsg.chats.fault({ _tag: "ignoreEof" })
        yield* imsg.chats.fault({ _tag: "ignoreTerm" })
        const home = yield* makeHome({ imessage: openAccount(imsg) })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        const pids = yield* imsg.pids
        expect(pids.length).toBe(1)
        yield* gateway.signal("SIGTERM")
        expect(yield* gateway.exitCode).toBe(0)
        expect(yield* alive(pids)).toEqual([])
      })
  )

  it.scopedLive("when the gateway is killed, also by a child that ignores the end of stdin and SIGTERM", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      yield* imsg.chats.fault({ _tag: "ignoreEof" })
      yield* imsg.chats.fault({ _tag: "ignoreTerm" })
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const pids = yield* imsg.pids
      yield* gateway.signal("SIGKILL")
      yield* eventually("the child's end", alive(pids), (left) => left.length === 0)
    })
  )
})
