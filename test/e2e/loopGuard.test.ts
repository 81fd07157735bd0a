/** A chat with too many turns a minute is paused, and nothing else is. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { recording } from "../support/agents.ts"
import { readLines } from "../support/files.ts"
import { makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

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
