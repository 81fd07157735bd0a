/** A chat with too many turns a minute, or that gives the gateway's own words back, is paused, and nothing else is. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { recording } from "../support/agents.ts"
import { run } from "../support/command.ts"
import { asking } from "../support/control.ts"
import { readLines } from "../support/files.ts"
import { conversation, makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const ALICE = "+15555550111"
const BOB = "+15555550112"

describe("a chat with more turns a minute than it may have", () => {
  it.scopedLive(
    "waits, while another of its session is answered; a restart counts anew, and nothing is lost",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const alice = yield* imsg.chats.addDirectChat({ handle: ALICE })
        const bob = yield* imsg.chats.addDirectChat({ handle: BOB })
        const asked = `${imsg.dir}/asked`
        const home = yield* makeHome({
          imessage: openAccount(imsg),
          messages: { loopGuard: { maxPerMinute: 3 } },
          agents: { list: [{ id: "main", runtime: recording(asked) }] }
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        for (const n of [1, 2, 3, 4, 5]) {
          yield* imsg.chats.receive({ chatId: alice.id, sender: ALICE, text: `alice ${n}` })
        }
        for (const n of [1, 2]) {
          yield* imsg.chats.receive({ chatId: bob.id, sender: BOB, text: `bob ${n}` })
        }
        const sent = yield* imsg.awaitSent(5, "30 seconds")
        const toAlice = [1, 2, 3].map((n) => `echo: alice ${n}`)
        expect(new Set(sent.map(({ text }) => text))).toEqual(
          new Set([...toAlice, "echo: bob 1", "echo: bob 2"])
        )
        expect(yield* readLines(asked)).toHaveLength(5)
        const warnings = yield* gateway.awaitLog("the warning", (line) =>
          String(line.message).includes("maxPerMinute")
        )
        expect(warnings.map(({ annotations }) => annotations)).toMatchObject([
          { account: "default", chatId: alice.id }
        ])
        expect(yield* gateway.output).not.toContain("alice 4")

        yield* gateway.signal("SIGKILL")
        yield* gateway.exitCode
        yield* startGateway(home)
        const all = yield* imsg.awaitSent(7, "30 seconds")
        expect(all.filter(({ chatId }) => chatId === alice.id).map(({ text }) => text)).toEqual(
          [1, 2, 3, 4, 5].map((n) => `echo: alice ${n}`)
        )
      })
  )

  it.scopedLive("holds up no other chat of its session, however many of its messages wait", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const alice = yield* imsg.chats.addDirectChat({ handle: ALICE })
      const bob = yield* imsg.chats.addDirectChat({ handle: BOB })
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        messages: { loopGuard: { maxPerMinute: 3 } }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const fromAlice = Array.from({ length: 150 }, (_, at) => `alice ${at + 1}`)
      yield* imsg.chats.insertMany(fromAlice.map((text) => ({ chatId: alice.id, sender: ALICE, text })))
      yield* imsg.awaitSent(3, "30 seconds")
      const toBob = (count: number) =>
        imsg.awaitSent(
          (sent) => sent.filter(({ chatId }) => chatId === bob.id).length === count,
          "30 seconds"
        )
      yield* imsg.chats.receive({ chatId: bob.id, sender: BOB, text: "bob 1" })
      yield* toBob(1)
      yield* imsg.chats.receive({ chatId: bob.id, sender: BOB, text: "bob 2" })
      yield* toBob(2)

      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* startGateway(home)
      yield* imsg.awaitSent(8, "30 seconds")
      yield* imsg.chats.receive({ chatId: bob.id, sender: BOB, text: "bob 3" })
      const all = yield* toBob(3)
      expect(all.filter(({ chatId }) => chatId === alice.id).map(({ text }) => text)).toEqual(
        fromAlice.slice(0, 6).map((text) => `echo: ${text}`)
      )
    })
  )
})

describe("a chat that gives the gateway's own words back", () => {
  it.scopedLive(
    "is paused and shown, also after kill -9, until its owner resumes it; then what waits is answered",
    () =>
      Effect.gen(function* () {
        const { chat, gateway, home, imsg, say } = yield* conversation()
        yield* imsg.chats.fault({ _tag: "parrot", before: "Bot: ", after: "\n-- sent by a bot", delayMs: 20 })
        const name = `chat_id:${chat.id}`
        yield* say("hello there, gateway")
        yield* imsg.awaitSent(3, "30 seconds")
        const shown = yield* eventually(
          "the pause",
          asking(home, (client) => client.status()),
          ({ paused }) => paused.length > 0
        )
        expect(shown.paused).toMatchObject([{ accountId: "default", chat: name, times: 1 }])
        expect((yield* run("status", "--config", home.configFile)).stdout).toContain(
          `${name} of default gives the gateway's own words back, and is paused`
        )
        yield* gateway.awaitLog("the warning", ({ message }) =>
          String(message).startsWith("a chat gives the gateway's own words back: it is paused until")
        )

        yield* imsg.chats.clearFaults
        yield* gateway.signal("SIGKILL")
        yield* gateway.exitCode
        const next = yield* startGateway(home)
        yield* next.awaitRunning()
        yield* say("are you there?")
        yield* Effect.sleep("1 second")
        expect(yield* imsg.chats.sent()).toHaveLength(3)

        const resumed = yield* run("chats", "resume", "--chat", String(chat.id), "--config", home.configFile)
        expect(resumed).toMatchObject({
          code: 0,
          stdout: `${name} of default goes on: at once where the gateway runs.\n`
        })
        const sent = yield* imsg.awaitSent(5, "30 seconds")
        expect(sent.at(-1)?.text).toBe("echo: are you there?")
        expect((yield* asking(home, (client) => client.status())).paused).toEqual([])
        expect(yield* run("chats", "resume", "--chat", name, "--config", home.configFile)).toMatchObject({
          code: 1,
          stderr: expect.stringContaining(`${name} is not paused`)
        })
      })
  )

  it.scopedLive("can be resumed over the control server", () =>
    Effect.gen(function* () {
      const { chat, home, imsg, say } = yield* conversation()
      yield* imsg.chats.fault({ _tag: "parrot" })
      yield* say("hello")
      yield* imsg.awaitSent(3, "30 seconds")
      yield* eventually(
        "the pause",
        asking(home, (client) => client.status()),
        ({ paused }) => paused.length > 0
      )
      yield* imsg.chats.clearFaults
      const paused = { accountId: "default", chat: `chat_id:${chat.id}` }
      const resume = asking(home, (client) => client.resumeChat({ payload: paused }))
      expect(yield* resume).toMatchObject({ ...paused, times: 1 })
      yield* imsg.awaitSent(4, "30 seconds")
      expect(yield* Effect.flip(resume)).toMatchObject({ code: "chat_not_paused" })
    })
  )
})
