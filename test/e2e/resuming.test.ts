/** Stops, kills and starts at awkward moments. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { slow } from "../support/agents.ts"
import { readLines } from "../support/files.ts"
import { conversation, makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"
import { countIn } from "../support/sqliteFile.ts"

const ALICE = "+15555550111"
const BOB = "+15555550112"
/** How many deliveries the store of a gateway holds that are not finished. */
const waitingDeliveries = (stateDir: string) =>
  countIn(`${stateDir}/gateway.db`, "SELECT count(*) AS n FROM outbox WHERE place <> 'ended'")
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe("a stop", () => {
  it.scopedLive("begins none of the turns that wait for their place", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: { maxConcurrent: 1, list: [{ id: "main", runtime: slow(`${imsg.dir}/asked`, 0.7) }] }
      })
      const groups = yield* Effect.forEach(numbers(1, 4), () =>
        imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
      )
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      for (const { id } of groups) yield* imsg.chats.receive({ chatId: id, sender: ALICE, text: "hello" })
      yield* eventually("the first turn", readLines(`${imsg.dir}/asked`), (asked) => asked.length === 1)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      expect((yield* readLines(`${imsg.dir}/asked`)).length).toBe(1)
      yield* startGateway(home)
      yield* imsg.awaitSent(4, "20 seconds")
    })
  )

  it.scopedLive("lets a send finish although more rows come than anybody takes", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
      const account = openAccount(imsg)
      const home = yield* makeHome({
        // Nothing but the response may end the send: neither its own time limit nor a heartbeat.
        imessage: {
          ...account,
          supervision: { ...account.supervision, heartbeatMs: 60_000, sendTimeoutMs: 60_000 }
        },
        shutdownMs: 30_000
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.fault({ _tag: "slowSend", ms: 1000 })
      yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "hello" })
      yield* eventually("the send", imsg.chats.recorded(), (events) =>
        events.some(({ event }) => event._tag === "request" && event.method === "send")
      )
      yield* gateway.signal("SIGTERM")
      yield* gateway.awaitLog("the stop", ({ message }) => String(message).startsWith("stopping"))
      yield* imsg.chats.insertMany(
        numbers(1, 200).map((n) => ({ chatId: chat.id, sender: ALICE, text: `more ${n}` }))
      )
      const code = yield* Effect.timeout(gateway.exitCode, "15 seconds")
      expect(code).toBe(0)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: hello"])
    })
  )
})

describe("a start", () => {
  it.scopedLive("with more deliveries waiting than a mailbox holds carries them all out, in order", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      yield* imsg.chats.fault({ _tag: "denyAutomation" })
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      yield* imsg.chats.insertMany(
        numbers(1, 200).map((n) => ({ chatId: chat.id, sender: ALICE, text: `message ${n}` }))
      )
      yield* eventually("200 deliveries", waitingDeliveries(home.stateDir), (count) => count === 200)
      yield* first.signal("SIGKILL")
      yield* first.exitCode
      yield* imsg.chats.clearFaults
      const second = yield* startGateway(home)
      yield* second.awaitRunning()
      const sent = yield* imsg.awaitSent(200, "30 seconds")
      expect(sent.map(({ text }) => text)).toEqual(numbers(1, 200).map((n) => `echo: message ${n}`))
    })
  )

  it.scopedLive(
    "after a kill in a turn of several messages asks for the same ones again, and for no other with them",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: ALICE })
        const home = yield* makeHome({
          imessage: openAccount(imsg),
          messages: { inbound: { debounceMs: 300 } },
          agents: { list: [{ id: "main", runtime: slow(`${imsg.dir}/asked`, 1) }] }
        })
        const first = yield* startGateway(home)
        yield* first.awaitRunning()
        const [a] = yield* imsg.chats.insertMany([
          { chatId: chat.id, sender: ALICE, text: "one" },
          { chatId: chat.id, sender: ALICE, text: "two" }
        ])
        yield* eventually("the first turn", readLines(`${imsg.dir}/asked`), (asked) => asked.length === 1)
        const c = yield* imsg.chats.receive({ chatId: chat.id, sender: ALICE, text: "three" })
        yield* first.awaitLog("all rows", ({ annotations }) => annotations.reason === "dm-open", { count: 3 })
        yield* first.signal("SIGKILL")
        yield* first.exitCode
        yield* startGateway(home)
        const sent = yield* imsg.awaitSent(2, "20 seconds")
        expect(sent.map(({ text }) => text)).toEqual(["echo: one\ntwo", "echo: three"])
        expect(yield* readLines(`${imsg.dir}/asked`)).toEqual(
          [a?.guid, a?.guid, c.guid].map((guid) => `asked default:${guid}`)
        )
      })
  )
})

describe("a database that becomes unreadable while the child runs", () => {
  it.scopedLive("degrades the account, which recovers by itself", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say } = yield* conversation()
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      yield* gateway.awaitLog(
        "the denial",
        ({ annotations, logLevel }) => logLevel === "ERROR" && annotations.code === "permission_denied"
      )
      yield* imsg.chats.clearFaults
      yield* gateway.awaitRunning("default", 2)
      yield* say("hello")
      yield* imsg.awaitSent(1)
    })
  )
})
