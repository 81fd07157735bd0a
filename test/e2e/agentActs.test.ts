/** What agents ask for beside words, on a Mac without imsg's private bridge: it is left out, and the words go. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { slow } from "../support/agents.ts"
import { conversation, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

/** Answers in JSON as the body of a function of the turn says it. */
const program = (body: string) => ({
  type: "command",
  format: "json",
  command: [
    process.execPath,
    "-e",
    `const turn = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
     const [{ text }] = turn.envelopes;
     process.stdout.write(JSON.stringify((() => { ${body} })()))`
  ]
})

const answeredBy = (body: string, more: object = {}) =>
  conversation({}, { agents: { list: [{ id: "main", runtime: program(body), ...more }] } })

const texts = (sent: ReadonlyArray<{ readonly text: string }>) => sent.map(({ text }) => text)

describe("an answer with more than words, without a bridge,", () => {
  it.scopedLive("is said in words, and what is done is left out", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say } = yield* answeredBy(
        `return {
           replies: [
             { text: "**one** " + text, replyTo: true, effect: "confetti" },
             { poll: { question: "When?", options: ["Now", "Later"] } }
           ],
           reactions: [{ guid: true, reaction: "👍" }, { guid: true, reaction: "👀" }],
           votes: [{ poll: true, option: 1 }]
         }`,
        { markdown: "styled" }
      )
      yield* say("a")
      yield* imsg.awaitSent(2)
      // What is left out holds up nothing.
      yield* say("b")
      const poll = "When?\n1. Now\n2. Later"
      expect(texts(yield* imsg.awaitSent(4))).toEqual(["one a", poll, "one b", poll])
      expect((yield* gateway.lines).filter(({ logLevel }) => logLevel === "ERROR")).toEqual([])
    })
  )

  it.scopedLive("may be of acts alone: nobody hears anything, and the next message is answered", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say } = yield* answeredBy(
        `return text === "thanks"
           ? { replies: [], reactions: [{ guid: true, reaction: "love" }] }
           : { replies: [{ text: "echo: " + text }] }`
      )
      yield* say("thanks")
      yield* say("hello")
      expect(texts(yield* imsg.awaitSent(1))).toEqual(["echo: hello"])
      expect((yield* gateway.lines).filter(({ logLevel }) => logLevel === "ERROR")).toEqual([])
    })
  )

  it.scopedLive("that is about a message of another chat says its words, and the log which message", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say } = yield* answeredBy(
        `return {
           replies: [{ text: "hi", replyTo: "of-another-chat" }],
           reactions: [{ guid: "elsewhere", reaction: "like" }],
           unsend: [turn.envelopes[0].guid]
         }`
      )
      const { guid } = yield* say("hello")
      expect(texts(yield* imsg.awaitSent(1))).toEqual(["hi"])
      const warned = yield* gateway.awaitLog(
        "warnings",
        ({ logLevel, message }) => logLevel === "WARN" && String(message).includes("left out"),
        { count: 3 }
      )
      expect(warned.map(({ annotations }) => annotations.guid)).toEqual([
        "of-another-chat",
        "elsewhere",
        guid
      ])
    })
  )

  it.scopedLive("that is not as it should be says where, in the log", () =>
    Effect.gen(function* () {
      const { gateway, say } = yield* answeredBy(
        `return { replies: [{ text: "secret" }], reactions: [{ guid: true }] }`
      )
      yield* say("hello")
      const [line] = yield* gateway.awaitLog("the failure", ({ message }) =>
        String(message).includes("reactions")
      )
      expect(String(line?.message)).toContain("reactions[0].reaction is missing")
      expect(yield* gateway.output).not.toContain("secret")
    })
  )
})

describe("an agent that answers in JSON", () => {
  it.scopedLive("is told what the gateway said in this chat, and of no other", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const [mine, other] = [PERSON, "+15555550112"]
      const chats = {
        mine: yield* imsg.chats.addDirectChat({ handle: mine }),
        other: yield* imsg.chats.addDirectChat({ handle: other })
      }
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: {
          list: [
            {
              id: "main",
              runtime: program(
                `return { replies: [{ text: (turn.sent ?? []).map(({ guid }) => guid).join(" ") || "none" }] }`
              )
            }
          ]
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chats.other.id, sender: other, text: "hello" })
      yield* imsg.awaitSent(1)
      yield* imsg.chats.receive({ chatId: chats.mine.id, sender: mine, text: "hello" })
      const [, first] = yield* imsg.awaitSent(2)
      expect(first?.text).toBe("none")
      // The reply is settled a moment after it is there.
      const told = yield* eventually(
        "what was said before",
        Effect.gen(function* () {
          const before = (yield* imsg.chats.sent()).length
          yield* imsg.chats.receive({ chatId: chats.mine.id, sender: mine, text: "and now?" })
          return (yield* imsg.awaitSent(before + 1)).at(-1)?.text ?? ""
        }),
        (text) => text !== "none"
      )
      expect(told.split(" ")[0]).toBe(first?.guid)
    })
  )
})

describe("messages.ack, without a bridge,", () => {
  it.scopedLive("is the text of a sign of life where it is slow", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.makeTempFileScoped()
      const { imsg, say } = yield* conversation(
        {},
        {
          agents: { list: [{ id: "main", runtime: slow(file, 4) }] },
          messages: { ack: { when: "slow" }, interim: { afterMs: 100, text: "One moment." } }
        }
      )
      yield* say("hello")
      expect(texts(yield* imsg.awaitSent(2))).toEqual(["One moment.", "echo: hello"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is nothing where it is given always", () =>
    Effect.gen(function* () {
      const { imsg, say } = yield* conversation(
        {},
        {
          agents: { list: [{ id: "main", runtime: { type: "echo" } }] },
          messages: { ack: { when: "always", reaction: "👀" } }
        }
      )
      yield* say("one")
      yield* imsg.awaitSent(1)
      yield* say("two")
      expect(texts(yield* imsg.awaitSent(2))).toEqual(["echo: one", "echo: two"])
    })
  )
})
