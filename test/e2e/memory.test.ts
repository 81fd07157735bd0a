/** What a model remembers, through real processes: nobody else's words, nothing lost or twice in a crash. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import type { ModelRequest } from "../../src/programs/simulator/model/ModelServer.ts"
import { say } from "../../src/programs/simulator/model/say.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { killAtWrite, type Moment } from "../support/killAtWrite.ts"
import { type Deed, hanging, modelServer } from "../support/modelServer.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const OTHER = "+15555550124"

const decodeAsked = Schema.decodeUnknownOption(
  Schema.Struct({ messages: Schema.Array(Schema.Struct({ role: Schema.String, content: Schema.String })) })
)

/** What a model was told beside the system's words, as `role: text`. */
const heardIn = ({ body }: ModelRequest): ReadonlyArray<string> =>
  Option.match(decodeAsked(body), {
    onNone: () => [],
    onSome: ({ messages }) =>
      messages.flatMap(({ content, role }) => (role === "system" ? [] : [`${role}: ${content}`]))
  })

/** Answers with how many messages it was told. */
const counting: Deed = (request) => Effect.succeed(say(request, { text: [`${heardIn(request).length}`] }))

const makeWorld = (deed: Deed, ...more: ReadonlyArray<Deed>) =>
  Effect.gen(function* () {
    const server = yield* modelServer(deed, ...more)
    const imsg = yield* makeSimulator()
    const home = yield* makeHome({
      imessage: { ...openAccount(imsg), groups: { "*": { requireMention: false } } },
      agents: {
        list: [{ id: "main", runtime: { type: "openai", baseUrl: `${server.url}/v1`, model: "small" } }]
      }
    })
    const start = Effect.gen(function* () {
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      return gateway
    })
    return {
      imsg,
      home,
      start,
      store: `${home.stateDir}/gateway.db`,
      heard: Effect.map(server.asked, (all) => all.map(heardIn)),
      givenUp: server.givenUp
    }
  })

describe("a model", () => {
  it.scopedLive(
    "is told of each person, though they share a session, and of each group only what was said there",
    () =>
      Effect.gen(function* () {
        const { heard, imsg, start } = yield* makeWorld(counting)
        const mine = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const other = yield* imsg.chats.addDirectChat({ handle: OTHER })
        const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, OTHER], name: "Hiking" })
        yield* start
        const talk = [
          { chatId: mine.id, sender: PERSON, text: "my secret" },
          { chatId: other.id, sender: OTHER, text: "what did the other one say" },
          { chatId: group.id, sender: OTHER, text: "and here" },
          { chatId: mine.id, sender: PERSON, text: "go on" },
          { chatId: group.id, sender: PERSON, text: "me too" }
        ]
        for (const [at, message] of talk.entries()) {
          yield* imsg.chats.receive(message)
          yield* imsg.awaitSent(at + 1)
        }
        const [first, second, third, fourth, fifth] = yield* heard
        expect(first).toEqual(["user: my secret"])
        expect(second).toEqual(["user: what did the other one say"])
        expect(third).toEqual([`user: [${OTHER}] and here`])
        expect(fourth).toEqual(["user: my secret", "assistant: 1", "user: go on"])
        expect(fifth).toEqual([`user: [${OTHER}] and here`, "assistant: 1", `user: [${PERSON}] me too`])
      })
  )

  it.scopedLive("whose answer is stopped remembers nothing of it, and its request is given up", () =>
    Effect.gen(function* () {
      const { givenUp, heard, imsg, start } = yield* makeWorld(counting, hanging, counting)
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const says = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
      yield* start
      yield* says("one")
      yield* imsg.awaitSent(1)
      yield* says("two")
      yield* eventually("the second question", heard, (all) => all.length === 2)
      yield* says("/stop")
      expect((yield* imsg.awaitSent(2)).at(-1)?.text).toBe("Stopped.")
      yield* eventually("a request that is given up", givenUp, (count) => count === 1)
      yield* says("three")
      yield* imsg.awaitSent(3)
      expect((yield* heard).at(-1)).toEqual(["user: one", "assistant: 1", "user: three"])
      yield* says("/new")
      yield* imsg.awaitSent(4)
      yield* says("four")
      yield* imsg.awaitSent(5)
      expect((yield* heard).at(-1)).toEqual(["user: four"])
    })
  )
})

/** Where the store refuses a write, and the gateway stands still, until it is killed; and how often it asks in all. */
const moments: ReadonlyArray<Moment & { readonly asked: number }> = [
  { what: "its conversation is not begun yet", refuses: "BEFORE INSERT ON conversations", asked: 1 },
  { what: "the reply is not accepted yet", refuses: "BEFORE INSERT ON outbox", asked: 2 },
  { what: "the reply is accepted, and not remembered yet", refuses: "BEFORE INSERT ON exchanges", asked: 2 },
  {
    what: "the reply is accepted and remembered, and its message is not done",
    refuses: "BEFORE UPDATE OF processed ON mailbox WHEN NEW.processed = 1",
    asked: 1,
    sent: 1
  }
]

describe("a turn with a memory, of a gateway that is killed while", () => {
  for (const { asked, ...moment } of moments) {
    it.scopedLive(moment.what, () =>
      Effect.gen(function* () {
        const { heard, imsg, start, store } = yield* makeWorld(counting)
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const gateway = yield* start
        const happens = imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "one" })
        yield* killAtWrite(moment, { gateway, imsg, store, happens })
        yield* start
        yield* imsg.awaitSent(1)
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "two" })
        const sent = yield* imsg.awaitSent(2)
        expect(sent.map(({ text }) => text)).toEqual(["1", "3"])
        const all = yield* heard
        expect(all.at(-1)).toEqual(["user: one", "assistant: 1", "user: two"])
        expect(all).toHaveLength(asked + 1)
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }

  it.scopedLive("its model answers", () =>
    Effect.gen(function* () {
      const { heard, imsg, start } = yield* makeWorld(hanging, counting)
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const gateway = yield* start
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "one" })
      yield* eventually("the question", heard, (all) => all.length === 1)
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* eventually("no child", imsg.pids, (pids) => pids.length === 0)
      yield* start
      yield* imsg.awaitSent(1)
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "two" })
      expect((yield* imsg.awaitSent(2)).map(({ text }) => text)).toEqual(["1", "3"])
      expect(yield* heard).toEqual([["user: one"], ["user: one"], ["user: one", "assistant: 1", "user: two"]])
    })
  )
})
