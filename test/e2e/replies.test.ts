/** What people see of a reply: its prefix, its parts, and how many messages it answers. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { answering } from "../support/agents.ts"
import { conversation, makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

describe("messages.responsePrefix", () => {
  it.scopedLive("stands before the first chunk of each reply, and before no file", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), name: "Home", textChunkLimit: 40 },
        agents: {
          list: [
            {
              id: "main",
              name: "Robin",
              model: "example/small",
              runtime: answering({
                replies: [
                  { text: "A first reply that is longer than forty characters, and hence cut." },
                  { text: "A second one." }
                ]
              })
            }
          ]
        },
        messages: { responsePrefix: "[{agent} {account} {model}]" }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello" })
      const sent = yield* imsg.awaitSent(4)
      expect(sent.map(({ text }) => text)).toEqual([
        "[Robin Home example/small] A first reply",
        "that is longer than forty characters,",
        "and hence cut.",
        "[Robin Home example/small] A second one."
      ])
    })
  )
})

describe("a long reply", () => {
  it.scopedLive("closes and reopens a code block that has to be split", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), textChunkLimit: 60 },
        agents: {
          list: [
            {
              id: "main",
              runtime: answering({
                replies: [
                  { text: `Like this:\n\n\`\`\`sh\n${"echo one two three\n".repeat(4)}\`\`\`\n\nDone.` }
                ]
              })
            }
          ]
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "how?" })
      const sent = yield* imsg.awaitSent((all) => all.some(({ text }) => text.endsWith("Done.")))
      const texts = sent.map(({ text }) => text)
      for (const text of texts) {
        expect(text.length).toBeLessThanOrEqual(60)
        expect(text.match(/^```/gmu)?.length ?? 0).toSatisfy((fences: number) => fences % 2 === 0)
      }
      expect(texts.join("\n").match(/echo one two three/gu)?.length).toBe(4)
    })
  )
})

describe("messages.inbound.debounceMs", () => {
  it.scopedLive("makes one turn of what one chat says in quick succession, in order", () =>
    Effect.gen(function* () {
      const { imsg, say } = yield* conversation(
        {},
        {
          agents: { list: [{ id: "main", runtime: { type: "command", command: ["/bin/cat"] } }] },
          messages: { inbound: { debounceMs: 2000 } }
        }
      )
      for (const text of ["one", "two", "three"]) yield* say(text)
      yield* imsg.awaitSent(1)
      yield* say("four")
      const sent = yield* imsg.awaitSent(2)
      expect(sent.map(({ text }) => text)).toEqual(["one\ntwo\nthree", "four"])
    })
  )
})

describe("several accounts", () => {
  it.scopedLive("take the flat options as defaults and override them; a disabled one is not started", () =>
    Effect.gen(function* () {
      const [work, home, off] = yield* Effect.all([makeSimulator(), makeSimulator(), makeSimulator()])
      const folder = yield* makeHome({
        imessage: {
          ...QUICK,
          dmPolicy: "allowlist",
          allowFrom: [PERSON],
          textChunkLimit: 12,
          accounts: {
            work: { name: "Work", cliPath: work.cliPath, dbPath: work.dbPath },
            home: { cliPath: home.cliPath, dbPath: home.dbPath, textChunkLimit: 100 },
            off: { enabled: false, cliPath: off.cliPath, dbPath: off.dbPath }
          }
        }
      })
      const gateway = yield* startGateway(folder)
      yield* gateway.awaitRunning("work")
      yield* gateway.awaitRunning("home")
      for (const imsg of [work, home]) {
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "some words" })
      }
      expect((yield* work.awaitSent(2)).map(({ text }) => text)).toEqual(["echo: some", "words"])
      expect((yield* home.awaitSent(1)).map(({ text }) => text)).toEqual(["echo: some words"])
      expect(yield* off.pids).toEqual([])
    })
  )
})
