/** Replies that wait for a chat of a database that is replaced. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { slow } from "../support/agents.ts"
import { run } from "../support/command.ts"
import { readLines } from "../support/files.ts"
import { type Gateway, makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const STRANGER = "+15555550119"

const said = (line: { readonly message: unknown }) =>
  String(line.message).startsWith("the database was replaced: ")

const letters = (gateway: Gateway, count: number) =>
  gateway.awaitLog("the dead letters", (line) => String(line.message).includes("kept as a dead letter"), {
    count,
    deadline: "30 seconds"
  })

const world = (agents: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const home = yield* makeHome({
      imessage: { ...openAccount(imsg), supervision: { ...QUICK.supervision, stallMs: 1000 } },
      ...agents
    })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
    for (const n of [1, 2, 3, 4, 5]) yield* say(`hello ${n}`)
    yield* imsg.awaitSent((sent) => sent.length > 0, "20 seconds")
    return { imsg, home, gateway, say, chat }
  })

/** Another database in its place, in which the chat with the same number is with somebody else. */
const replace = (imsg: Simulator, chatId: number) =>
  Effect.gen(function* () {
    yield* imsg.chats.reset
    const chat = yield* imsg.chats.addDirectChat({ handle: STRANGER })
    expect(chat.id).toBe(chatId)
    const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: STRANGER, text })
    yield* say("from before the change")
    return say
  })

const texts = (imsg: Simulator) => Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text))

describe("a database that was replaced", () => {
  it.scopedLive(
    "gets none of the replies that waited for a chat of the old one, nor when they are tried again",
    () =>
      Effect.gen(function* () {
        const { chat, gateway, home, imsg, say } = yield* world()
        yield* imsg.awaitSent(5, "20 seconds")
        yield* imsg.chats.fault({ _tag: "denyAutomation" })
        yield* say("for old eyes only")
        yield* gateway.awaitLog("the denial", (line) => line.annotations.outcome === "Denied")
        const sayNew = yield* replace(imsg, chat.id)
        yield* gateway.awaitLog("the change", said)
        yield* imsg.chats.clearFaults
        const [letter] = yield* letters(gateway, 1)
        expect(letter?.annotations.code).toBe("chat_replaced")
        expect(letter?.annotations.detail).toMatch(
          /^chat\.db was replaced since this was accepted, and chat_id:1 /u
        )

        const retried = yield* run("deadletters", "retry", "--all", "--anyway", "--config", home.configFile)
        expect(retried.code).toBe(0)
        const [, again] = yield* letters(gateway, 2)
        expect(again?.annotations.code).toBe("chat_replaced")

        yield* sayNew("after the change")
        yield* imsg.awaitSent(1, "20 seconds")
        expect(yield* texts(imsg)).toEqual(["echo: after the change"])
      })
  )

  it.scopedLive("does not get the answer of an agent that was asked before", () =>
    Effect.gen(function* () {
      const { chat, gateway, home, imsg, say } = yield* world()
      yield* imsg.awaitSent(5, "20 seconds")
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      const asked = `${imsg.dir}/asked`
      const { configFile } = yield* makeHome({
        stateDir: home.stateDir,
        imessage: { ...openAccount(imsg), supervision: { ...QUICK.supervision, stallMs: 1000 } },
        agents: { list: [{ id: "main", runtime: slow(asked, 6) }] }
      })
      const second = yield* startGateway({ ...home, configFile })
      yield* second.awaitRunning()
      yield* say("think about it")
      yield* eventually("the turn", readLines(asked), (lines) => lines.length === 1)
      yield* replace(imsg, chat.id)
      yield* second.awaitLog("the change", said)
      const [letter] = yield* letters(second, 1)
      expect(letter?.annotations.code).toBe("chat_replaced")
      expect(yield* texts(imsg)).toEqual([])
    })
  )
})
