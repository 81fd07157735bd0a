/** What agents say and do over the private bridge: with one, without one, and with one that goes away meanwhile. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import type { Fault } from "../../src/programs/simulator/Fault.ts"
import type { AgentOutput } from "../../src/schemas/AgentOutput.ts"
import { Decision } from "../../src/schemas/Decision.ts"
import { ask, awaitControl } from "../support/control.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator, type SimulatorOptions } from "../support/simulator.ts"

type Output = Partial<AgentOutput>

const decodeDecisions = Schema.decodeUnknown(Schema.parseJson(Schema.Array(Decision)))

/** An agent that answers what stands in a file, once the file is there. */
const reading = (file: string) => ({
  type: "command",
  format: "json",
  command: [
    "/bin/sh",
    "-c",
    'cat > /dev/null; while [ ! -e "$0" ]; do sleep 0.02; done; cat "$0"; rm "$0"',
    file
  ]
})

/** A person, a chat, and an agent that answers as it is told. */
const talking = (options: SimulatorOptions, account: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const imsg = yield* makeSimulator(options)
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const file = `${imsg.dir}/answer.json`
    const home = yield* makeHome({
      imessage: { ...openAccount(imsg), ...account },
      agents: { list: [{ id: "main", runtime: reading(file), mediaRoots: [imsg.dir] }] }
    })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    yield* awaitControl(home)
    /** The agent answers so; a rename is one step, so it never reads half an answer. */
    const answer = ({ replies = [], ...acts }: Output) =>
      Effect.zipRight(
        fs.writeFileString(`${file}.new`, JSON.stringify({ replies, ...acts })),
        fs.rename(`${file}.new`, file)
      )
    const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
    /** What became of the parts of what the agent answered to a message. */
    const partsOf = (guid: string, count: number) =>
      eventually(
        `${count} parts`,
        ask(home, "/decisions").pipe(
          Effect.flatMap(({ body }) => decodeDecisions(body)),
          Effect.map((decisions) => decisions.find((one) => one.guid === guid)?.parts ?? [])
        ),
        (parts) => parts.length === count,
        "30 seconds"
      ).pipe(Effect.map((parts) => parts.map(({ state }) => state)))
    return { answer, chat, gateway, home, imsg, partsOf, say }
  }).pipe(Effect.provide(NodeContext.layer))

const ALL_ROWS = { after: 0, limit: 1000, attachments: false, reactions: false, reactionRows: true }

/** `associatedType` of the tapback "like", and of its removal. */
const LIKED = 2001
const UNLIKED = 3001

/** What the owner's tapbacks did, in order, by `associatedType`. */
const tapbacks = ({ chats }: Simulator) =>
  Effect.map(chats.after(ALL_ROWS), (rows) =>
    rows.flatMap(({ associatedType, isFromMe }) =>
      isFromMe && associatedType >= 2000 && associatedType < 4000 ? [associatedType] : []
    )
  )

const LIKE: Output = { reactions: [{ guid: true, reaction: "like" }] }

describe("with the private bridge", () => {
  it.scopedLive("an agent answers in threads, with effects, polls and voice notes, and reacts", () =>
    Effect.gen(function* () {
      const { answer, imsg, partsOf, say } = yield* talking({ bridge: true })
      const fs = yield* FileSystem.FileSystem
      const note = `${imsg.dir}/note.caf`
      yield* fs.writeFileString(note, "caff")
      const { guid } = yield* say("hello")
      yield* answer({
        replies: [
          { text: "in the thread", replyTo: true, effect: "confetti" },
          { poll: { question: "Where?", options: ["here", "there"] } },
          { media: [note], voice: true }
        ],
        ...LIKE
      })
      expect(yield* partsOf(guid, 4)).toEqual(["sent", "sent", "sent", "sent"])
      const sent = yield* imsg.chats.sent()
      expect(sent.find(({ text }) => text === "in the thread")).toMatchObject({
        replyTo: guid,
        extras: { effect: "confetti" }
      })
      const polls = sent.flatMap(({ extras }) => (extras?.poll === undefined ? [] : [extras.poll]))
      expect(polls).toMatchObject([{ _tag: "created", question: "Where?" }])
      expect(sent.filter(({ extras }) => extras?.isAudio === true)).toHaveLength(1)
      expect(yield* tapbacks(imsg)).toEqual([LIKED])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("an agent edits and takes back its own messages, and nobody else's", () =>
    Effect.gen(function* () {
      const { answer, imsg, partsOf, say } = yield* talking({ bridge: true })
      yield* say("hello")
      yield* answer({ replies: [{ text: "first" }, { text: "second" }] })
      const [first, second] = yield* imsg.awaitSent(2)
      const { guid } = yield* say("that is wrong")
      yield* answer({
        edits: [
          { guid: first?.guid ?? "", text: "better" },
          { guid, text: "you said something else" }
        ],
        unsend: [second?.guid ?? ""]
      })
      expect(yield* partsOf(guid, 2)).toEqual(["sent", "sent"])
      const texts = Effect.map(imsg.chats.newest, (rows) => rows.map(({ text }) => text).reverse())
      expect(yield* texts).toEqual(["hello", "better", "", "that is wrong"])
    })
  )

  it.scopedLive("an agent votes in a poll, and takes its tapback back", () =>
    Effect.gen(function* () {
      const { answer, chat, imsg, partsOf } = yield* talking({ bridge: true })
      const poll = yield* imsg.chats.poll({
        chatId: chat.id,
        sender: PERSON,
        question: "When?",
        options: ["now", "later"]
      })
      yield* answer({ ...LIKE, votes: [{ poll: true, option: 2 }] })
      expect(yield* partsOf(poll.guid, 2)).toEqual(["sent", "sent"])
      const { guid } = yield* imsg.chats.receive({
        chatId: chat.id,
        sender: PERSON,
        text: "do you like it?",
        replyTo: poll.guid
      })
      yield* answer({ reactions: [{ guid: poll.guid, reaction: "like", remove: true }] })
      expect(yield* partsOf(guid, 1)).toEqual(["sent"])
      expect(yield* tapbacks(imsg)).toEqual([LIKED, UNLIKED])
      const votes = (yield* imsg.chats.newest).flatMap(({ extras }) =>
        extras?.poll?._tag === "vote" ? [extras.poll] : []
      )
      expect(votes).toMatchObject([{ poll: poll.guid, isRemoved: false }])
    })
  )
})

describe("without the private bridge", () => {
  for (const build of ["0.15.0", "0.9.0"]) {
    it.scopedLive(`what is said goes, and what is done is left out (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { answer, imsg, partsOf, say } = yield* talking({ build })
        const { guid } = yield* say("hello")
        yield* answer({
          replies: [
            { text: "in the thread", replyTo: true, effect: "confetti" },
            { poll: { question: "Where?", options: ["here", "there"] } }
          ],
          ...LIKE
        })
        expect(yield* partsOf(guid, 3)).toEqual(["sent", "sent", "left-out"])
        const sent = yield* imsg.chats.sent()
        expect(sent.map(({ text }) => text)).toEqual(["in the thread", "Where?\n1. here\n2. there"])
        expect(yield* tapbacks(imsg)).toEqual([])
      })
    )
  }
})

describe("with a bridge that goes away between the question and the answer", () => {
  it.scopedLive("what is said goes, and what is done is left out, without a word of complaint", () =>
    Effect.gen(function* () {
      const { answer, gateway, imsg, partsOf, say } = yield* talking(
        { bridge: true },
        { supervision: { heartbeatMs: 60_000, requestTimeoutMs: 5000 } }
      )
      const { guid } = yield* say("hello")
      const complaints = Effect.map(gateway.lines, (lines) =>
        lines.filter(({ logLevel }) => logLevel === "ERROR" || logLevel === "WARN")
      )
      const before = yield* complaints
      yield* imsg.chats.setBridge({ state: "off" })
      yield* answer({ replies: [{ text: "in the thread", replyTo: true }], ...LIKE })
      expect(yield* partsOf(guid, 2)).toEqual(["sent", "left-out"])
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["in the thread"])
      expect(yield* complaints).toEqual(before)
    })
  )
})

describe("a tapback whose result is lost", () => {
  const faults: ReadonlyArray<readonly [string, Fault, ReadonlyArray<string>, number]> = [
    [
      "because the helper died after it",
      { _tag: "helperDies", method: "tapback", done: true },
      ["sent", "sent"],
      1
    ],
    [
      "because the helper died before it",
      { _tag: "helperDies", method: "tapback", done: false },
      ["sent", "left-out"],
      0
    ],
    [
      "because imsg died after it",
      { _tag: "loseReply", method: "tapback", exits: true },
      ["sent", "sent"],
      1
    ],
    ["because imsg never answers", { _tag: "loseReply", method: "tapback" }, ["sent", "sent"], 1],
    ["because the helper hangs", { _tag: "helperHangs", method: "tapback" }, ["sent", "left-out"], 0],
    [
      "never: the helper refuses it",
      { _tag: "helperRefuses", method: "tapback", detail: "Message not found" },
      ["sent", "left-out"],
      0
    ]
  ]
  for (const [what, fault, expected, count] of faults) {
    it.scopedLive(`${what}: is there once, or not at all`, () =>
      Effect.gen(function* () {
        const { answer, imsg, partsOf, say } = yield* talking(
          { bridge: true },
          { supervision: { heartbeatMs: 300, requestTimeoutMs: 3000, sendTimeoutMs: 2000 } }
        )
        yield* imsg.chats.fault(fault)
        const { guid } = yield* say("hello")
        yield* answer({ replies: [{ text: "yes" }], ...LIKE })
        expect(yield* partsOf(guid, 2)).toEqual(expected)
        expect(yield* tapbacks(imsg)).toHaveLength(count)
        // What comes after it is answered as ever.
        const { guid: next } = yield* say("and now?")
        yield* answer({ replies: [{ text: "well" }] })
        expect(yield* partsOf(next, 1)).toEqual(["sent"])
      })
    )
  }

  it.scopedLive("because the gateway was killed after it: is there once", () =>
    Effect.gen(function* () {
      const { answer, gateway, home, imsg, partsOf, say } = yield* talking({ bridge: true })
      yield* imsg.chats.fault({ _tag: "loseReply", method: "tapback" })
      const { guid } = yield* say("hello")
      yield* answer({ replies: [{ text: "yes" }], ...LIKE })
      yield* eventually("the tapback", tapbacks(imsg), (rows) => rows.length === 1)
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* startGateway(home)
      yield* awaitControl(home)
      expect(yield* partsOf(guid, 2)).toEqual(["sent", "sent"])
      expect(yield* tapbacks(imsg)).toHaveLength(1)
    })
  )
})
