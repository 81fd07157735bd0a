/** The laws of the design that this program keeps, each through real processes. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { hangsOn, recording, slow } from "../support/agents.ts"
import { readLines } from "../support/files.ts"
import { conversation, makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, signal } from "../support/simulator.ts"

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
const ALICE = "+15555550111"
const BOB = "+15555550112"

describe("law 1, accepted is answered", () => {
  for (const [how, fault] of [
    ["is killed", "SIGKILL"],
    ["is frozen", "SIGSTOP"]
  ] as const) {
    it.scopedLive(`when the child ${how}, what was written meanwhile is answered, once and in order`, () =>
      Effect.gen(function* () {
        const { imsg, say } = yield* conversation()
        yield* say("before")
        yield* imsg.awaitSent(1)
        const [pid] = yield* imsg.pids
        yield* signal(pid ?? 0, fault)
        for (const n of numbers(1, 5)) {
          yield* say(`while away ${n}`)
        }
        const sent = yield* imsg.awaitSent(6, "20 seconds")
        yield* say("after")
        yield* imsg.awaitSent(7)
        expect(sent.map(({ text }) => text)).toEqual([
          "echo: before",
          ...numbers(1, 5).map((n) => `echo: while away ${n}`)
        ])
        expect((yield* imsg.chats.sent()).length).toBe(7)
      })
    )
  }

  it.scopedLive(
    "when the gateway is killed over and over, every message is answered once, under one turn id",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
        const home = yield* makeHome({
          imessage: openAccount(imsg),
          agents: { list: [{ id: "main", runtime: slow(`${imsg.dir}/asked`, 0.15) }] }
        })
        const first = yield* startGateway(home)
        yield* first.awaitRunning()
        const written = yield* Effect.forEach(numbers(1, 12), (n) =>
          imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: `message ${n}` })
        )
        let gateway = first
        for (const answered of [2, 5, 8]) {
          yield* imsg.awaitSent(answered, "20 seconds")
          yield* gateway.signal("SIGKILL")
          yield* gateway.exitCode
          gateway = yield* startGateway(home)
        }
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: message 12"), "30 seconds")
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(
          numbers(1, 12).map((n) => `echo: message ${n}`)
        )
        const asked = new Set(yield* readLines(`${imsg.dir}/asked`))
        expect(asked).toEqual(new Set(written.map(({ guid }) => `asked default:${guid}`)))
      })
  )

  it.scopedLive("a stop lets a running turn finish and leaves the others for the next start", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: { list: [{ id: "main", runtime: slow(`${imsg.dir}/asked`, 0.7) }] }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      for (const n of numbers(1, 3)) {
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: `message ${n}` })
      }
      yield* eventually("the first turn", readLines(`${imsg.dir}/asked`), (asked) => asked.length === 1)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      expect((yield* readLines(`${imsg.dir}/asked`)).length).toBe(1)
      yield* startGateway(home)
      yield* imsg.awaitSent(3, "20 seconds")
      expect((yield* readLines(`${imsg.dir}/asked`)).length).toBe(3)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(
        numbers(1, 3).map((n) => `echo: message ${n}`)
      )
    })
  )
})

describe("law 2, said once", () => {
  it.scopedLive("a send whose result was lost is found in the chat and not sent again", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say } = yield* conversation()
      yield* imsg.chats.fault({ _tag: "exit", code: 1, on: "sent" })
      yield* say("one")
      yield* gateway.awaitLog(
        "the part settled",
        (line) => line.message === "part settled" && line.annotations.state === "Sent"
      )
      yield* say("two")
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: two"))
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: one", "echo: two"])
    })
  )

  it.scopedLive("a send that provably did not happen is made again", () =>
    Effect.gen(function* () {
      const { imsg, say } = yield* conversation()
      yield* imsg.chats.fault({ _tag: "exit", code: 1, on: "send" })
      yield* say("one")
      expect((yield* imsg.awaitSent(1)).map(({ text }) => text)).toEqual(["echo: one"])
    })
  )
})

describe("law 3, in order", () => {
  it.scopedLive(
    "the turns of a session and the chunks of a reply go out in order, across a killed child",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
        const home = yield* makeHome({ imessage: { ...openAccount(imsg), textChunkLimit: 20 } })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        const texts = numbers(1, 8).map((n) => `first half ${n} second half ${n}`)
        for (const text of texts) {
          yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text })
        }
        yield* imsg.awaitSent(5)
        const [pid] = yield* imsg.pids
        yield* signal(pid ?? 0, "SIGKILL")
        const sent = yield* imsg.awaitSent(
          (seen) => seen.some(({ text }) => text.endsWith("half 8") && text.startsWith("second")),
          "20 seconds"
        )
        expect(sent.map(({ text }) => text).join(" ")).toBe(texts.map((text) => `echo: ${text}`).join(" "))
      })
  )
})

describe("law 4, back where it came from", () => {
  it.scopedLive("every reply goes to the chat and through the account of its message", () =>
    Effect.gen(function* () {
      const imsgs = yield* Effect.all([makeSimulator(), makeSimulator({ build: "0.9.0" })])
      const [one, two] = imsgs
      const home = yield* makeHome({
        imessage: {
          ...openAccount(one),
          accounts: {
            one: { cliPath: one.cliPath, dbPath: one.dbPath },
            two: { cliPath: two.cliPath, dbPath: two.dbPath }
          }
        }
      })
      const chats = yield* Effect.forEach(imsgs, (imsg) =>
        Effect.all([
          imsg.chats.addDirectChat({ handle: ALICE }),
          imsg.chats.addDirectChat({ handle: BOB }),
          imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
        ])
      )
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning("one")
      yield* gateway.awaitRunning("two")
      for (const n of numbers(1, 4)) {
        for (const [index, imsg] of imsgs.entries()) {
          for (const chat of chats[index] ?? []) {
            yield* imsg.chats.receive({
              chatId: chat.id,
              sender: ALICE,
              text: `account ${index} chat ${chat.id} message ${n}`
            })
          }
        }
      }
      for (const [index, imsg] of imsgs.entries()) {
        const sent = yield* imsg.awaitSent(12, "20 seconds")
        expect(sent.length).toBe(12)
        for (const { chatId, text } of sent)
          expect(text).toMatch(`echo: account ${index} chat ${chatId} message`)
      }
    })
  )
})

describe("law 7, one fails alone", () => {
  it.scopedLive("a dead, a hung and a denied account delay nobody", () =>
    Effect.gen(function* () {
      const [healthy, hung, denied] = yield* Effect.all([makeSimulator(), makeSimulator(), makeSimulator()])
      yield* hung.chats.fault({ _tag: "hang", on: "start", times: -1 })
      yield* denied.chats.fault({ _tag: "denyFullDisk" })
      const account = (imsg: { cliPath: string; dbPath: string }) => ({
        cliPath: imsg.cliPath,
        dbPath: imsg.dbPath
      })
      const home = yield* makeHome({
        imessage: {
          ...openAccount(healthy),
          accounts: {
            healthy: account(healthy),
            hung: account(hung),
            denied: account(denied),
            missing: { cliPath: `${healthy.dir}/no-such-imsg` }
          }
        }
      })
      const chat = yield* healthy.chats.addDirectChat({ handle: ALICE })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning("healthy")
      for (const n of numbers(1, 3)) {
        yield* healthy.chats.receive({ chatId: chat.id, sender: ALICE, text: `message ${n}` })
      }
      yield* healthy.awaitSent(3)
      for (const [id, code] of [
        ["denied", "permission_denied"],
        ["missing", "imsg_not_found"]
      ]) {
        yield* gateway.awaitLog(
          `${id} degraded`,
          ({ annotations, logLevel }) =>
            logLevel === "ERROR" && annotations.account === id && annotations.code === code
        )
      }
    })
  )

  it.scopedLive("a hung agent delays only its own session", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: { list: [{ id: "main", runtime: hangsOn("forever") }] },
        shutdownMs: 300
      })
      const groups = yield* Effect.forEach(numbers(1, 3), () =>
        imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
      )
      const [stuck, ...others] = groups
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: stuck?.id ?? 0, sender: ALICE, text: "forever" })
      for (const n of numbers(1, 40)) {
        yield* imsg.chats.receive({ chatId: stuck?.id ?? 0, sender: ALICE, text: `waits ${n}` })
      }
      for (const chat of others) {
        yield* imsg.chats.receive({ chatId: chat.id, sender: BOB, text: "hello" })
      }
      const sent = yield* imsg.awaitSent(2)
      expect(new Set(sent.map(({ chatId }) => chatId))).toEqual(new Set(others.map(({ id }) => id)))
    })
  )
})

describe("law 9, typed", () => {
  it.scopedLive("what a child garbles is left out, and what it says beside it is answered", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say } = yield* conversation()
      for (const fault of [
        { _tag: "garble" },
        { _tag: "duplicate" },
        { _tag: "splitWrites", times: 3 },
        { _tag: "stderr", bytes: 300_000, on: "send" },
        { _tag: "noise", line: "Could not fetch group ABC:ABGroup", on: "send" }
      ] as const) {
        yield* imsg.chats.fault(fault)
        yield* say(`with ${fault._tag} – äöü 🎈`)
      }
      const sent = yield* imsg.awaitSent(5)
      expect(sent.map(({ text }) => text)).toEqual(
        ["garble", "duplicate", "splitWrites", "stderr", "noise"].map((tag) => `echo: with ${tag} – äöü 🎈`)
      )
      expect((yield* gateway.lines).filter(({ message }) => message === "running").length).toBe(1)
    })
  )

  for (const fault of [
    { _tag: "oversize", bytes: 9 * 1024 * 1024, on: "send" },
    { _tag: "closeStdout", on: "send" },
    { _tag: "refuseStdin", on: "request", method: "status" }
  ] as const) {
    it.scopedLive(`${fault._tag} costs a child, not a message`, () =>
      Effect.gen(function* () {
        const { gateway, imsg, say } = yield* conversation()
        yield* imsg.chats.fault(fault)
        yield* say("one")
        yield* gateway.awaitRunning("default", 2)
        yield* say("two")
        const sent = yield* imsg.awaitSent((seen) => seen.some(({ text }) => text === "echo: two"))
        expect(sent.map(({ text }) => text)).toEqual(["echo: one", "echo: two"])
      })
    )
  }

  it.scopedLive(
    "an agent that fails is asked three times, then its turn is a dead letter, its person is told, and the next is answered",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
        const home = yield* makeHome({
          imessage: openAccount(imsg),
          agents: {
            list: [
              {
                id: "main",
                runtime: {
                  type: "command",
                  command: [
                    "/bin/sh",
                    "-c",
                    'text=$(cat); echo "$GATEWAY_TURN_ID" >> "$0"; case $text in bad) echo no >&2; exit 3;; esac; echo fine',
                    `${imsg.dir}/asked`
                  ]
                }
              }
            ]
          }
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        const bad = yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "bad" })
        yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "good" })
        expect((yield* imsg.awaitSent(2, "20 seconds")).map(({ text }) => text)).toEqual([
          expect.stringMatching(/^Sorry/u),
          "fine"
        ])
        const asked = yield* readLines(`${imsg.dir}/asked`)
        expect(asked.filter((id) => id === `default:${bad.guid}`).length).toBe(3)
        const buried = yield* gateway.awaitLog(
          "the dead letter",
          (line) => line.annotations.code === "agent_failed" && line.logLevel === "ERROR"
        )
        expect(buried.length).toBe(1)
      })
  )

  it.scopedLive("no log line below trace holds the text of a message", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: { list: [{ id: "main", runtime: recording(`${imsg.dir}/asked`) }] }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.fault({ _tag: "garble" })
      yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "xyzzy-secret" })
      yield* imsg.awaitSent(1)
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      expect(yield* gateway.output).not.toContain("xyzzy-secret")
    })
  )
})
