/** What people do beside writing, through the built gateway: tapbacks, votes and polls, told once, and to whom they may. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { OWN_HANDLE } from "../../src/programs/simulator/ChatModel.ts"
import {
  conversation,
  type LogLine,
  makeHome,
  openAccount,
  PERSON,
  startGateway
} from "../support/gateway.ts"
import { killAtWrite, type Moment } from "../support/killAtWrite.ts"
import { makeSimulator, type Simulator } from "../support/simulator.ts"

const BUILDS = ["0.9.0", "0.15.0"]
const BOB = "+15555550112"
const DEADLINE = "30 seconds"

/** Answers with what it was told, word by word. */
const told = (agent: Readonly<Record<string, unknown>> = {}) => ({
  list: [{ id: "main", name: "Robin", runtime: { type: "command", command: ["/bin/cat"] }, ...agent }]
})

const judgedBy =
  (...reasons: ReadonlyArray<string>) =>
  ({ annotations, message }: LogLine): boolean =>
    String(message).startsWith("verdict: ") && reasons.includes(String(annotations.reason))

const isKept = judgedBy("reaction-context")

const texts = (imsg: Simulator, count: number) =>
  Effect.map(imsg.awaitSent(count, DEADLINE), (sent) => sent.map(({ text }) => text))

/** The guid of the last message that was sent. */
const lastSaid = (imsg: Simulator, count: number) =>
  Effect.map(imsg.awaitSent(count, DEADLINE), (sent) => sent.at(-1)?.guid ?? "")

describe("a tapback to what the agent said", () => {
  for (const build of BUILDS) {
    it.scopedLive(`is told to its next turn, put there and taken back, and to no other (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { chat, gateway, imsg, say } = yield* conversation({ build }, { agents: told() })
        yield* say("hello")
        const to = yield* lastSaid(imsg, 1)
        const react = { chatId: chat.id, sender: PERSON, to, reaction: "love" as const }
        yield* imsg.chats.react(react)
        yield* imsg.chats.react({ ...react, remove: true })
        yield* imsg.chats.react({ ...react, sender: null, reaction: "laugh" })
        yield* gateway.awaitLog("two reactions", isKept, { count: 2 })
        yield* say("next")
        yield* imsg.awaitSent(2, DEADLINE)
        yield* say("more")
        expect(yield* texts(imsg, 3)).toEqual([
          "hello",
          "Since your last answer:\n(reacted with ❤️ to what you said: “hello”)\n" +
            "(took back ❤️ from what you said: “hello”)\n\nNow:\nnext",
          "more"
        ])
      })
    )

    it.scopedLive(`begins a turn where its agent answers reactions (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { chat, imsg, say } = yield* conversation({ build }, { agents: told({ onReaction: "turn" }) })
        yield* say("hello")
        const to = yield* lastSaid(imsg, 1)
        yield* imsg.chats.react({ chatId: chat.id, sender: PERSON, to, reaction: "like" })
        yield* imsg.awaitSent(2, DEADLINE)
        yield* say("more")
        expect(yield* texts(imsg, 3)).toEqual([
          "hello",
          "(reacted with 👍 to what you said: “hello”)",
          "more"
        ])
      })
    )

    it.scopedLive(`is told though it comes before its send is answered (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { chat, gateway, imsg, say } = yield* conversation({ build }, { agents: told() })
        yield* imsg.chats.fault({ _tag: "loseSendReply" })
        yield* say("hello")
        const to = yield* lastSaid(imsg, 1)
        yield* imsg.chats.react({ chatId: chat.id, sender: PERSON, to, reaction: "question" })
        yield* gateway.awaitLog("the reaction", isKept, { deadline: DEADLINE })
        yield* say("next")
        expect((yield* texts(imsg, 2)).at(-1)).toBe(
          "Since your last answer:\n(reacted with ❓ to what you said: “hello”)\n\nNow:\nnext"
        )
      })
    )

    it.scopedLive(`is told though the gateway was killed before its send was answered (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { chat, gateway, home, imsg, say } = yield* conversation({ build }, { agents: told() })
        yield* imsg.chats.fault({ _tag: "hang", on: "sent" })
        yield* say("hello")
        const to = yield* lastSaid(imsg, 1)
        yield* gateway.signal("SIGKILL")
        yield* gateway.exitCode
        yield* imsg.chats.react({ chatId: chat.id, sender: PERSON, to, reaction: "emphasis" })
        const second = yield* startGateway(home)
        yield* second.awaitLog("the reaction", isKept, { deadline: DEADLINE })
        yield* say("next")
        expect((yield* texts(imsg, 2)).at(-1)).toBe(
          "Since your last answer:\n(reacted with ‼️ to what you said: “hello”)\n\nNow:\nnext"
        )
      })
    )
  }

  const moments: ReadonlyArray<Moment> = [
    { what: "it was kept, and the position has not moved", refuses: "BEFORE UPDATE ON cursors" },
    { what: "it was told, and that is not written down", refuses: "BEFORE UPDATE ON history", sent: 2 }
  ]
  for (const moment of moments) {
    it.scopedLive(`is told once though the gateway is killed when ${moment.what}`, () =>
      Effect.gen(function* () {
        const { chat, gateway, home, imsg, say } = yield* conversation({}, { agents: told() })
        yield* say("hello")
        const to = yield* lastSaid(imsg, 1)
        yield* gateway.awaitLog("the answer", judgedBy("dm-open"))
        const react = imsg.chats.insertMany([
          {
            chatId: chat.id,
            sender: PERSON,
            text: "Liked",
            reaction: { to, type: 2001 }
          },
          { chatId: chat.id, sender: PERSON, text: "next" }
        ])
        yield* killAtWrite(moment, { gateway, imsg, happens: react, store: `${home.stateDir}/gateway.db` })
        const second = yield* startGateway(home)
        yield* second.awaitRunning()
        yield* imsg.awaitSent(2, DEADLINE)
        yield* say("more")
        expect(yield* texts(imsg, 3)).toEqual([
          "hello",
          "Since your last answer:\n(reacted with 👍 to what you said: “hello”)\n\nNow:\nnext",
          "more"
        ])
      })
    )
  }
})

describe("nothing comes", () => {
  it.scopedLive("of a tapback of a stranger: no turn, no code, and nothing is told later", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const owner = yield* imsg.chats.send({ chatId: chat.id, text: "the owner wrote this" })
      const { allowFrom: _, dmPolicy: __, ...account } = openAccount(imsg)
      const home = yield* makeHome({
        imessage: { ...account, reactionNotifications: "all" },
        agents: told({ onReaction: "turn" })
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.react({ chatId: chat.id, sender: PERSON, to: owner.guid, reaction: "love" })
      yield* gateway.awaitLog("the verdict", judgedBy("reaction"))
      expect(yield* imsg.asked("send")).toEqual([])
    })
  )

  it.scopedLive("of any where the config says off: they are not even asked for", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), reactionNotifications: "off" },
        agents: told({ onReaction: "turn" })
      })
      yield* (yield* startGateway(home)).awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello" })
      const to = yield* lastSaid(imsg, 1)
      yield* imsg.chats.react({ chatId: chat.id, sender: PERSON, to, reaction: "love" })
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "next" })
      expect(yield* texts(imsg, 2)).toEqual(["hello", "next"])
      expect(JSON.stringify(yield* imsg.asked("messages.after"))).not.toContain("include_reactions")
    })
  )

  it.scopedLive("of one's own in a chat with oneself, which Messages shows as the other side's", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: OWN_HANDLE })
      yield* imsg.chats.fault({ _tag: "mirror" })
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: told({ runtime: { type: "echo" }, onReaction: "turn" })
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const note = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: OWN_HANDLE, text })
      yield* note("hello")
      const isAnswer = ({ text }: { readonly text: string }) => text === "echo: hello"
      const said = yield* imsg.awaitSent((sent) => sent.some(isAnswer), DEADLINE)
      const to = said.find(isAnswer)?.guid ?? ""
      yield* imsg.chats.react({ chatId: chat.id, sender: null, to, reaction: "love" })
      // Rows are judged in their order: once this one is, the tapback was.
      yield* note("more")
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: more"), DEADLINE)
      expect(yield* gateway.output).not.toMatch(/reaction-(?:turn|context)/u)
    })
  )
})

describe("a phone without iMessage", () => {
  it.scopedLive("reacts in words, which are told as a reaction", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON, service: "SMS" })
      const home = yield* makeHome({ imessage: openAccount(imsg), agents: told() })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
      yield* say("see you at seven")
      yield* imsg.awaitSent(1, DEADLINE)
      yield* say("Loved “see you at seven”")
      yield* say("Hat ein Herz von „see you…“ entfernt")
      yield* gateway.awaitLog("two reactions", isKept, { count: 2, deadline: DEADLINE })
      yield* say("next")
      expect((yield* texts(imsg, 2)).at(-1)).toBe(
        "Since your last answer:\n(reacted with ❤️ to what you said: “see you at seven”)\n" +
          "(took back “Hat ein Herz von … entfernt” from what you said: “see you at seven”)\n\nNow:\nnext"
      )
    })
  )
})

describe("in a group", () => {
  it.scopedLive(
    "a reaction to the agent's words is a mention, one to others' words is told with the next",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, BOB] })
        const { groups: _, ...account } = openAccount(imsg)
        const home = yield* makeHome({
          imessage: { ...account, reactionNotifications: "all" },
          agents: told({ onReaction: "turn" })
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        const say = (text: string, sender = PERSON) => imsg.chats.receive({ chatId: group.id, sender, text })
        const { guid } = yield* say("who brings the map?", BOB)
        yield* imsg.chats.react({ chatId: group.id, sender: PERSON, to: guid, reaction: "like" })
        yield* gateway.awaitLog("the reaction", isKept)
        yield* say("Robin?")
        const to = yield* lastSaid(imsg, 1)
        yield* imsg.chats.react({ chatId: group.id, sender: BOB, to, reaction: "laugh" })
        const [first = "", second = ""] = yield* texts(imsg, 2)
        expect(first).toBe(
          `Earlier in this group, not addressed to you:\n[${BOB}] who brings the map?\n` +
            `[${PERSON}] (reacted with 👍 to what ${BOB} said: “who brings the map?”)\n\n` +
            `Now, addressed to you:\n[${PERSON}] Robin?`
        )
        expect(second).toMatch(
          new RegExp(
            `^\\[\\${BOB}\\] \\(reacted with 😂 to what you said: “Earlier in this group.*”\\)$`,
            "u"
          )
        )
      })
  )
})

describe("a poll", () => {
  it.scopedLive("reads as its question and its options, and a vote in it as a reaction", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), reactionNotifications: "all" },
        agents: told({ onReaction: "turn" })
      })
      yield* (yield* startGateway(home)).awaitRunning()
      const poll = yield* imsg.chats.poll({
        chatId: chat.id,
        sender: PERSON,
        question: "Dinner?",
        options: ["Pizza", "Sushi"]
      })
      yield* imsg.awaitSent(1, DEADLINE)
      const vote = { poll: poll.guid, sender: PERSON, option: { text: "Sushi" } }
      yield* imsg.chats.vote(vote)
      yield* imsg.awaitSent(2, DEADLINE)
      yield* imsg.chats.vote({ ...vote, remove: true })
      expect(yield* texts(imsg, 3)).toEqual([
        "Poll: Dinner?\n1. Pizza\n2. Sushi",
        "(voted for “Sushi” in the poll “Dinner?”)",
        "(took back a vote for “Sushi” in the poll “Dinner?”)"
      ])
    })
  )
})

describe("a message that is edited or taken back while it waits", () => {
  it.scopedLive("is judged as it is when it is read again", () =>
    Effect.gen(function* () {
      const { chat, imsg, say } = yield* conversation({}, { agents: told() })
      const late = { chatId: chat.id, sender: PERSON, without: ["chat" as const] }
      const edited = yield* imsg.chats.receive({ ...late, text: "at sevn" })
      const gone = yield* imsg.chats.receive({ ...late, text: "never mind" })
      yield* imsg.chats.edit({ guid: edited.guid, text: "at seven" })
      yield* imsg.chats.unsend(gone.guid)
      yield* imsg.chats.complete(edited.rowId)
      yield* imsg.chats.complete(gone.rowId)
      yield* say("ok")
      expect(yield* texts(imsg, 2)).toEqual(["at seven", "ok"])
    })
  )
})
