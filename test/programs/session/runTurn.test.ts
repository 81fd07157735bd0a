/** A turn, over services that write down what they are given. */
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, TestClock } from "effect"
import * as FairSemaphore from "../../../src/programs/effects/FairSemaphore.ts"
import { makeRunTurn } from "../../../src/programs/session/runTurn.ts"
import { type Capabilities, NO_CAPABILITIES } from "../../../src/schemas/Capabilities.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import {
  AgentFailed,
  AgentInterrupted,
  AgentRefused,
  AgentUnavailable
} from "../../../src/schemas/errors/agent.ts"
import type { MessageService } from "../../../src/schemas/Target.ts"
import { Said } from "../../../src/services/Agent.ts"
import { BegunTurns } from "../../../src/services/BegunTurns.ts"
import { ALICE, BOB, makeEnvelope } from "../../support/envelopes.ts"
import { makeTurnServices, type PlayedAgent } from "../../support/turnServices.ts"

const MODEL = { type: "openai", baseUrl: "http://localhost:1/v1", model: "small" }

/** The agent `main`, as a model that remembers. */
const remembering = (agent: object = {}) => ({ agents: { list: [{ id: "main", runtime: MODEL, ...agent }] } })

const failed = new AgentFailed({ agentId: "main", detail: "no luck" })

/** Begins a turn of one message in a direct chat, or in a group. */
const begin = (
  agent: PlayedAgent,
  options: {
    readonly config?: object
    readonly isGroup?: boolean
    readonly isOver?: boolean
    readonly attempt?: number
    readonly via?: MessageService
    /** What was written down of its message before a crash. */
    readonly before?: "begun" | "over"
    /** The guids of what the gateway said in the chat. */
    readonly own?: ReadonlyArray<string>
    readonly capabilities?: Capabilities
    readonly envelope?: Partial<Envelope>
  } = {}
) =>
  Effect.gen(function* () {
    const { config = {}, isGroup = false, isOver = false, attempt = 0, before, via } = options
    const played = yield* makeTurnServices(agent, { ...config }, options)
    const { stateOf, ...begunTurns } = yield* Effect.provide(BegunTurns, played.services)
    const messages = { keys: ["default:guid-1"], attempt: 0 }
    if (before !== undefined) yield* begunTurns.begin(messages)
    if (before === "over") yield* begunTurns.end(messages)
    const turnEnd = {
      isAnswered: () => Effect.succeed(isOver),
      failures: () => Effect.succeed(0),
      isOver: () => Effect.succeed(isOver),
      isNew: () => Effect.succeed(!isOver),
      stateOf
    }
    const runTurn = yield* Effect.provide(
      makeRunTurn(
        "agent:main:main",
        { turns: FairSemaphore.make(1), awaitAgent: () => Effect.void },
        turnEnd
      ),
      played.services
    )
    const envelope = makeEnvelope({
      sender: ALICE,
      chatIdentifier: ALICE,
      isGroup,
      text: "hello",
      ...(via && { via }),
      ...options.envelope
    })
    const fiber = yield* Effect.fork(
      runTurn({ id: "turn-1", attempt, batch: [{ agentId: "main", isGroup, envelope }] })
    )
    yield* TestClock.adjust(0)
    const outcome = Effect.map(played.events, (all) =>
      all.flatMap((event) => (event._tag === "TurnEnded" ? [event.outcome] : []))
    )
    const said = Effect.map(played.deliveries, (all) =>
      all.map(({ id, replies }) => [id, ...replies.map(({ text }) => text)])
    )
    return { ...played, outcome, said, end: Fiber.join(fiber) }
  })

const answering =
  (...texts: ReadonlyArray<string>): PlayedAgent =>
  () =>
    Effect.succeed({ replies: texts.map((text) => ({ text })) })

describe("a turn", () => {
  it.effect("has what its agent answers accepted under its id", () =>
    Effect.gen(function* () {
      const turn = yield* begin(answering("one", "two"))
      yield* turn.end
      expect(yield* turn.said).toEqual([["turn-1", "one", "two"]])
      expect(yield* turn.outcome).toEqual(["answered"])
    })
  )

  it.effect("that was answered before a crash is not asked again", () =>
    Effect.gen(function* () {
      const turn = yield* begin(answering("one"), { isOver: true })
      yield* turn.end
      expect(yield* turn.asked).toBe(0)
      expect(yield* turn.outcome).toEqual([])
    })
  )

  it.effect("says what comes before its end at once, in order, and is not asked again after it", () =>
    Effect.gen(function* () {
      const turn = yield* begin((_, say) =>
        say(Said.Say({ reply: { text: "first" } })).pipe(
          Effect.zipRight(say(Said.Say({ reply: { text: "second" } }))),
          Effect.zipRight(failed)
        )
      )
      yield* TestClock.adjust("1 minute")
      yield* turn.end
      expect(yield* turn.asked).toBe(1)
      expect(yield* turn.said).toMatchObject([
        ["turn-1", "first"],
        ["turn-1/2", "second"],
        ["failed:turn-1", expect.stringContaining("Sorry")]
      ])
      expect(yield* turn.letters).toEqual([])
      expect(yield* turn.outcome).toEqual(["failed"])
    })
  )

  it.effect("has no more parts in all than its agent may send, and says once that more is left out", () =>
    Effect.gen(function* () {
      const turn = yield* begin(
        (_, say) =>
          Effect.as(
            Effect.forEach(["1", "2", "3", "4"], (text) => say(Said.Say({ reply: { text } }))),
            { replies: [{ text: "5" }] }
          ),
        { config: { agents: { list: [{ id: "main", maxParts: 2 }] } } }
      )
      yield* turn.end
      expect((yield* turn.said).map(([, ...texts]) => texts)).toEqual([["1"], ["2"], ["… (cut)"]])
    })
  )
})

describe("what an agent asks to be done", () => {
  const LIKE = { guid: true as const, reaction: "👍" }
  const LIKED = { _tag: "React", guid: "guid-1", reaction: "like" }

  it.effect("is accepted with what it says, under the turn's id", () =>
    Effect.gen(function* () {
      const turn = yield* begin(
        () => Effect.succeed({ replies: [{ text: "one" }], acts: { reactions: [LIKE], unsend: ["own"] } }),
        { own: ["own"] }
      )
      yield* turn.end
      expect(yield* turn.deliveries).toMatchObject([
        { id: "turn-1", replies: [{ text: "one" }], acts: [LIKED, { _tag: "Unsend", guid: "own" }] }
      ])
    })
  )

  it.effect("is an answer by itself, and remembered as nothing said", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => Effect.succeed({ replies: [], acts: { reactions: [LIKE] } }), {
        config: remembering()
      })
      yield* turn.end
      expect(yield* turn.deliveries).toMatchObject([{ id: "turn-1", replies: [], acts: [LIKED] }])
      expect(yield* turn.outcome).toEqual(["answered"])
      expect(yield* turn.remembered).toMatchObject([{ exchange: { answered: "" } }])
    })
  )

  it.effect("is done once all is said, in the last piece", () =>
    Effect.gen(function* () {
      const turn = yield* begin((_, say) =>
        Effect.as(say(Said.Say({ reply: { text: "one" } })), { replies: [], acts: { reactions: [LIKE] } })
      )
      yield* turn.end
      expect((yield* turn.deliveries).map(({ acts, id }) => [id, acts])).toEqual([
        ["turn-1", undefined],
        ["turn-1/2", [LIKED]]
      ])
    })
  )

  it.effect("is left out where it is about another chat, and the words go all the same", () =>
    Effect.gen(function* () {
      const acts = {
        reactions: [{ guid: "other", reaction: "like" }],
        edits: [{ guid: "guid-1", text: "a" }]
      }
      for (const { outcome, said, text } of [
        { text: "one", said: [["turn-1", "one"]], outcome: "answered" },
        { text: "", said: [], outcome: "silent" }
      ]) {
        const turn = yield* begin(() => Effect.succeed({ replies: [{ text }], acts }))
        yield* turn.end
        expect(yield* turn.said).toEqual(said)
        expect((yield* turn.deliveries).flatMap((delivery) => delivery.acts ?? [])).toEqual([])
        expect(yield* turn.outcome).toEqual([outcome])
      }
    })
  )

  it.effect("is an edit in words as its agent's words are: clean, without markdown, behind the prefix", () =>
    Effect.gen(function* () {
      const edits = [
        { guid: "own", text: "**two**\u0007" },
        { guid: "own", text: "NO_REPLY" }
      ]
      const turn = yield* begin(() => Effect.succeed({ replies: [], acts: { edits } }), {
        own: ["own"],
        config: {
          messages: { responsePrefix: "[bot]" },
          agents: { list: [{ id: "main", markdown: "styled" }] }
        }
      })
      yield* turn.end
      expect((yield* turn.deliveries).flatMap(({ acts }) => acts)).toEqual([
        { _tag: "Edit", guid: "own", text: "[bot] two" }
      ])
    })
  )

  it.effect("is a poll, and remembered by its words", () =>
    Effect.gen(function* () {
      const poll = { question: "When?", options: ["Now", "Later"] }
      const turn = yield* begin(() => Effect.succeed({ replies: [{ poll }] }), { config: remembering() })
      yield* turn.end
      expect(yield* turn.deliveries).toMatchObject([{ replies: [{ text: "", poll }] }])
      expect(yield* turn.remembered).toMatchObject([{ exchange: { answered: "poll: When? (Now, Later)" } }])
    })
  )
})

describe("an agent that fails", () => {
  it.effect("is asked three times, then its turn is a dead letter and its person is told", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => failed)
      expect(yield* turn.asked).toBe(1)
      yield* TestClock.adjust("10 seconds")
      yield* turn.end
      expect(yield* turn.asked).toBe(3)
      expect(yield* turn.letters).toMatchObject([{ code: "agent_failed", attempt: 0 }])
      expect(yield* turn.said).toEqual([["failed:turn-1", expect.stringContaining("Sorry")]])
    })
  )

  it.effect("is nobody's business where failureNotice is false, or an owner has ordered the retry", () =>
    Effect.gen(function* () {
      for (const options of [{ config: { messages: { failureNotice: false } } }, { attempt: 1 }]) {
        const turn = yield* begin(() => failed, options)
        yield* TestClock.adjust("10 seconds")
        yield* turn.end
        expect(yield* turn.said).toEqual([])
        expect(yield* turn.letters).toHaveLength(1)
      }
    })
  )

  it.effect("is nobody's business where people have only reacted: its turn is a dead letter", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => failed, { envelope: { isReaction: true } })
      yield* TestClock.adjust("10 seconds")
      yield* turn.end
      expect(yield* turn.said).toEqual([])
      expect(yield* turn.letters).toMatchObject([{ code: "agent_failed" }])
    })
  )

  it.effect("is not asked before it wants to be", () =>
    Effect.gen(function* () {
      const busy = new AgentUnavailable({ agentId: "main", detail: "busy", retryAfterMs: 60_000 })
      const turn = yield* begin((_question, _say, nth) =>
        nth === 0 ? busy : Effect.succeed({ replies: [] })
      )
      yield* TestClock.adjust("59 seconds")
      expect(yield* turn.asked).toBe(1)
      yield* TestClock.adjust("1 seconds")
      yield* turn.end
      expect(yield* turn.outcome).toEqual(["silent"])
    })
  )

  it.effect("is not asked again where it had begun", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => new AgentInterrupted({ agentId: "main", detail: "cut off" }))
      yield* turn.end
      expect(yield* turn.asked).toBe(1)
      expect(yield* turn.letters).toMatchObject([{ code: "agent_interrupted" }])
    })
  )

  it.effect("for want of a person is not asked again, and owners are told once an hour", () =>
    Effect.gen(function* () {
      const refused = new AgentRefused({
        agentId: "main",
        detail: "the key is wrong",
        advice: "Mend the key."
      })
      const turn = yield* begin(() => refused, { config: { owners: [BOB] } })
      yield* turn.end
      expect(yield* turn.asked).toBe(1)
      const [first] = yield* turn.deliveries
      expect(first).toMatchObject({
        target: { _tag: "Handle", handle: BOB, service: "imessage" },
        replies: [{ text: "agent main refuses: the key is wrong\nMend the key." }]
      })
    })
  )

  it.effect("is told to an owner once, whatever handles they have", () =>
    Effect.gen(function* () {
      const refused = new AgentRefused({
        agentId: "main",
        detail: "the key is wrong",
        advice: "Mend the key."
      })
      const config = { owners: [BOB, "bob@example.com"], people: { bob: [BOB, "bob@example.com"] } }
      const turn = yield* begin(() => refused, { config })
      yield* turn.end
      expect(
        (yield* turn.deliveries).flatMap(({ target }) => (target._tag === "Handle" ? [target.handle] : []))
      ).toEqual([BOB])
    })
  )
})

describe("a sign of life", () => {
  const slow: PlayedAgent = () => Effect.delay(Effect.succeed({ replies: [{ text: "done" }] }), "2 minutes")

  it.effect("is given once in a turn that takes long", () =>
    Effect.gen(function* () {
      const turn = yield* begin(slow)
      yield* TestClock.adjust("29 seconds")
      expect(yield* turn.said).toEqual([])
      yield* TestClock.adjust("1 second")
      expect(yield* turn.said).toEqual([["interim:turn-1", "One moment, I am still working on this."]])
      yield* TestClock.adjust("2 minutes")
      yield* turn.end
      expect(yield* turn.said).toHaveLength(2)
    })
  )

  it.effect.each([
    { where: "in a group", options: { isGroup: true } },
    { where: "where people have only reacted", options: { envelope: { isReaction: true } } },
    { where: "where it is not wanted", options: { config: { messages: { interim: false } } } }
  ])("is not given $where", ({ options }) =>
    Effect.gen(function* () {
      const turn = yield* begin(slow, options)
      yield* TestClock.adjust("3 minutes")
      yield* turn.end
      expect(yield* turn.said).toEqual([["turn-1", "done"]])
    })
  )

  it.effect("is not given in words where it is seen that somebody writes", () =>
    Effect.gen(function* () {
      const turn = yield* begin(slow)
      const { chats, shown } = turn.presence
      for (const { chat } of yield* chats("default")) {
        yield* turn.presence.called("default", chat, "typing")
        yield* shown("default", chat)
      }
      yield* TestClock.adjust("3 minutes")
      yield* turn.end
      expect(yield* turn.said).toEqual([["turn-1", "done"]])
    })
  )

  it.effect("is the agent's own where it gives one, and none after its first words", () =>
    Effect.gen(function* () {
      const turn = yield* begin((_, say) =>
        say(Said.Interim({ text: "Looking it up." })).pipe(
          Effect.zipRight(Effect.sleep("1 minute")),
          Effect.zipRight(say(Said.Say({ reply: { text: "Here." } }))),
          Effect.zipRight(say(Said.Interim({ text: "More is coming." }))),
          Effect.as({ replies: [] })
        )
      )
      yield* TestClock.adjust("1 minute")
      yield* turn.end
      expect(yield* turn.said).toEqual([
        ["interim:turn-1", "Looking it up."],
        ["turn-1", "Here."]
      ])
    })
  )
})

describe("a tapback as acknowledgement", () => {
  const slow: PlayedAgent = () => Effect.delay(Effect.succeed({ replies: [{ text: "done" }] }), "2 minutes")
  const canReact = { ...NO_CAPABILITIES, methods: new Set(["tapback"]) }
  const withAck = (when: string, more: object = {}) => ({ messages: { ack: { when }, ...more } })
  const ACK = { id: "ack:turn-1", replies: [], acts: [{ _tag: "React", guid: "guid-1", reaction: "like" }] }

  it.effect("is given as soon as the agent is asked, once, and the sign of life all the same", () =>
    Effect.gen(function* () {
      const turn = yield* begin(slow, { capabilities: canReact, config: withAck("always") })
      expect(yield* turn.deliveries).toMatchObject([ACK])
      yield* TestClock.adjust("2 minutes")
      yield* turn.end
      expect((yield* turn.deliveries).map(({ id }) => id)).toEqual(["ack:turn-1", "interim:turn-1", "turn-1"])
    })
  )

  it.effect("is of no use a minute later", () =>
    Effect.gen(function* () {
      const turn = yield* begin(slow, { capabilities: canReact, config: withAck("always") })
      expect(yield* turn.deliveries).toMatchObject([{ expiresAt: 60_000 }])
    })
  )

  it.effect.each<{ where: string; isGroup?: boolean; config: object; after: Duration.DurationInput }>([
    { where: "in the place of the sign of life", config: withAck("slow"), after: "30 seconds" },
    {
      where: "when that would be given",
      config: withAck("slow", { interim: { afterMs: 5000 } }),
      after: "5 seconds"
    },
    {
      where: "also where that is not wanted",
      config: withAck("slow", { interim: false }),
      after: "30 seconds"
    },
    {
      where: "also in a group, where that is not given",
      isGroup: true,
      config: withAck("slow"),
      after: "30 seconds"
    }
  ])("is given in a turn that takes long, $where", ({ after, config, isGroup = false }) =>
    Effect.gen(function* () {
      const turn = yield* begin(slow, { capabilities: canReact, config, isGroup })
      expect(yield* turn.deliveries).toEqual([])
      yield* TestClock.adjust(after)
      expect(yield* turn.deliveries).toMatchObject([ACK])
      yield* TestClock.adjust("2 minutes")
      yield* turn.end
      expect((yield* turn.deliveries).map(({ id }) => id)).toEqual(["ack:turn-1", "turn-1"])
    })
  )

  it.effect("is none in a turn that does not take long, or in which something was said", () =>
    Effect.gen(function* () {
      const talking: PlayedAgent = (question, say, nth) =>
        Effect.zipRight(say(Said.Say({ reply: { text: "one" } })), slow(question, say, nth))
      const config = withAck("slow")
      for (const { agent, said } of [
        { agent: answering("one"), said: ["turn-1"] },
        { agent: talking, said: ["turn-1", "turn-1/2"] }
      ]) {
        const turn = yield* begin(agent, { capabilities: canReact, config })
        yield* TestClock.adjust("3 minutes")
        yield* turn.end
        expect((yield* turn.deliveries).map(({ id }) => id)).toEqual(said)
      }
    })
  )

  it.effect("is none beside a sign of life that the agent gave, which may come after it", () =>
    Effect.gen(function* () {
      const looking =
        (after: Duration.DurationInput): PlayedAgent =>
        (question, say, nth) =>
          Effect.zipRight(
            Effect.delay(say(Said.Interim({ text: "Looking it up." })), after),
            slow(question, say, nth)
          )
      for (const { after, said } of [
        { after: "1 second", said: ["interim:turn-1", "turn-1"] },
        { after: "40 seconds", said: ["ack:turn-1", "interim:turn-1", "turn-1"] }
      ] as const) {
        const turn = yield* begin(looking(after), { capabilities: canReact, config: withAck("slow") })
        yield* TestClock.adjust("3 minutes")
        yield* turn.end
        expect((yield* turn.deliveries).map(({ id }) => id)).toEqual(said)
      }
    })
  )

  it.effect("is a text where the Mac can give none, and nothing in a group", () =>
    Effect.gen(function* () {
      for (const { isGroup, said } of [
        { isGroup: false, said: ["interim:turn-1", "turn-1"] },
        { isGroup: true, said: ["turn-1"] }
      ]) {
        const turn = yield* begin(slow, { config: withAck("slow"), isGroup })
        yield* TestClock.adjust("3 minutes")
        yield* turn.end
        expect((yield* turn.deliveries).map(({ id }) => id)).toEqual(said)
      }
    })
  )

  it.effect("is none over SMS, which has no tapbacks", () =>
    Effect.gen(function* () {
      const turn = yield* begin(slow, {
        capabilities: canReact,
        config: withAck("always"),
        envelope: { via: "sms" }
      })
      expect(yield* turn.deliveries).toEqual([])
    })
  )

  it.effect("is none for a turn that was answered before", () =>
    Effect.gen(function* () {
      const turn = yield* begin(slow, { capabilities: canReact, config: withAck("always"), isOver: true })
      yield* turn.end
      expect(yield* turn.deliveries).toEqual([])
    })
  )
})

describe("that somebody writes", () => {
  const turnsOf = (turn: Effect.Effect.Success<ReturnType<typeof begin>>) =>
    Effect.map(turn.presence.chats("default"), (chats) => chats.map(({ chat, turns }) => [chat, turns]))
  const inChat = { _tag: "ChatId", chatId: 7 }

  it.effect("is wanted from when an agent is asked until its reply is accepted", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() =>
        Effect.delay(Effect.succeed({ replies: [{ text: "done" }] }), "1 minute")
      )
      expect(yield* turnsOf(turn)).toEqual([[inChat, 1]])
      yield* TestClock.adjust("1 minute")
      yield* turn.end
      expect(yield* turnsOf(turn)).toEqual([])
    })
  )

  it.effect("is not wanted of what came by SMS, whose phones do not show it", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => Effect.never, { via: "sms" })
      expect(yield* turnsOf(turn)).toEqual([])
      yield* turn.stop
      yield* turn.end
    })
  )

  it.effect("is not wanted any more once the turn is stopped", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => Effect.never)
      expect(yield* turnsOf(turn)).toEqual([[inChat, 1]])
      yield* turn.stop
      yield* turn.end
      expect(yield* turnsOf(turn)).toEqual([])
    })
  )

  it.effect("is not wanted after a failure, and again when the agent is asked again", () =>
    Effect.gen(function* () {
      const turn = yield* begin((_, _say, nth) => (nth === 0 ? failed : Effect.never))
      expect(yield* turnsOf(turn)).toEqual([])
      yield* TestClock.adjust("10 seconds")
      expect(yield* turn.asked).toBe(2)
      expect(yield* turnsOf(turn)).toEqual([[inChat, 1]])
      yield* turn.stop
      yield* turn.end
    })
  )
})

describe("what an agent remembers", () => {
  it.effect("is written with the reply, in the words of the prompt, without what the system is told", () =>
    Effect.gen(function* () {
      const turn = yield* begin(answering("hi"), { config: remembering({ systemPrompt: "Be kind." }) })
      yield* turn.end
      expect(yield* turn.remembered).toMatchObject([
        {
          conversation: { key: { agentId: "main", kind: "person", of: ALICE }, number: 1 },
          exchange: { turnId: "turn-1", asked: "hello", answered: "hi" }
        }
      ])
    })
  )

  it.effect("has each piece of an answer, and the agent's own name for the conversation", () =>
    Effect.gen(function* () {
      const turn = yield* begin(
        (_, say) =>
          Effect.as(say(Said.Say({ reply: { text: "one" } })), {
            replies: [{ text: "two" }],
            reference: "s-1"
          }),
        { config: remembering() }
      )
      yield* turn.end
      expect(
        (yield* turn.remembered).map(({ exchange, reference }) => [exchange.answered, reference])
      ).toEqual([
        ["one", undefined],
        ["one\n\ntwo", "s-1"]
      ])
    })
  )

  it.effect("has also what it had no answer to", () =>
    Effect.gen(function* () {
      const turn = yield* begin(answering(), { config: remembering() })
      yield* turn.end
      expect(yield* turn.remembered).toMatchObject([{ exchange: { asked: "hello", answered: "" } }])
      expect(yield* turn.outcome).toEqual(["silent"])
    })
  )

  it.effect("is nothing where it is not wanted, and where the runtime remembers for itself", () =>
    Effect.gen(function* () {
      for (const config of [remembering({ memory: false }), {}]) {
        const turn = yield* begin(answering("hi"), { config })
        yield* turn.end
        expect(yield* turn.remembered).toEqual([])
      }
    })
  )
})

describe("a stop in the chat", () => {
  it.effect("ends a turn that runs, of which nothing is said then", () =>
    Effect.gen(function* () {
      let isEnded = false
      const turn = yield* begin(() =>
        Effect.onInterrupt(Effect.never, () =>
          Effect.sync(() => {
            isEnded = true
          })
        )
      )
      yield* turn.stop
      yield* turn.end
      expect(isEnded).toBe(true)
      expect(yield* turn.said).toEqual([])
      expect(yield* turn.letters).toEqual([])
      expect(yield* turn.outcome).toEqual(["stopped"])
    })
  )

  it.effect("ends it also between two tries", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => failed)
      yield* turn.stop
      yield* turn.end
      yield* TestClock.adjust(Duration.minutes(1))
      expect(yield* turn.asked).toBe(1)
      expect(yield* turn.outcome).toEqual(["stopped"])
    })
  )
})

describe("a turn whose agent has tools", () => {
  /** An agent that is given the turn, and then does this. */
  const working =
    (then: PlayedAgent): PlayedAgent =>
    (question, say, nth) =>
      Effect.zipRight(say(Said.Begin()), then(question, say, nth))

  it.effect("is written down before its agent is given it", () =>
    Effect.gen(function* () {
      const turn = yield* begin(working(() => Effect.never))
      expect(yield* turn.begun).toEqual({ "default:guid-1 0": "begun" })
      const before = yield* begin(() => Effect.never)
      expect(yield* before.begun).toEqual({})
    })
  )

  it.effect(
    "is not asked again after the gateway ended in its midst: it has failed, and its person hears so",
    () =>
      Effect.gen(function* () {
        const turn = yield* begin(answering("hi"), { before: "begun" })
        yield* turn.end
        expect(yield* turn.asked).toBe(0)
        expect(yield* turn.letters).toMatchObject([
          {
            content: { id: "turn-1" },
            code: "agent_interrupted",
            message:
              "agent main failed in the middle of its answer: the gateway ended while the agent worked on it (asked once)"
          }
        ])
        expect(yield* turn.said).toEqual([["failed:turn-1", expect.stringMatching(/^Sorry/u)]])
        expect(yield* turn.outcome).toEqual(["failed"])
      })
  )

  it.effect("is asked again where an owner wants it", () =>
    Effect.gen(function* () {
      const turn = yield* begin(working(answering("hi")), { before: "begun", attempt: 1 })
      yield* turn.end
      expect(yield* turn.said).toEqual([["turn-1", "hi"]])
      expect(yield* turn.begun).toEqual({ "default:guid-1 0": "begun", "default:guid-1 1": "begun" })
    })
  )

  it.effect("is over where it had nothing to say, also after a crash", () =>
    Effect.gen(function* () {
      const silent = yield* begin(working(answering()))
      yield* silent.end
      expect(yield* silent.begun).toEqual({ "default:guid-1 0": "over" })
      const turn = yield* begin(answering("hi"), { before: "over" })
      yield* turn.end
      expect(yield* turn.asked).toBe(0)
      expect([yield* turn.letters, yield* turn.said, yield* turn.outcome]).toEqual([[], [], []])
    })
  )

  it.effect(
    "is asked again by itself where its agent has done nothing, and nothing is left written down",
    () =>
      Effect.gen(function* () {
        const turn = yield* begin(
          working((_question, _say, nth) => (nth === 0 ? failed : answering("hi")(_question, _say, nth)))
        )
        expect(yield* turn.begun).toEqual({})
        yield* TestClock.adjust("20 seconds")
        yield* turn.end
        expect(yield* turn.asked).toBe(2)
        expect(yield* turn.said).toEqual([["turn-1", "hi"]])
      })
  )
})

describe("what is kept of a turn", () => {
  it.effect.each<{ what: string; agent: PlayedAgent; end: object }>([
    { what: "that was answered", agent: answering("hi"), end: { outcome: "answered", durationMs: 0 } },
    { what: "with nothing to say", agent: answering(), end: { outcome: "silent" } },
    {
      what: "that failed, how often its agent was asked",
      agent: () => failed,
      end: { outcome: "failed", code: "agent_failed", reason: "agent main failed: no luck (asked 3 times)" }
    },
    {
      what: "that failed, without what its agent complained of",
      agent: () =>
        new AgentFailed({ agentId: "main", detail: "it exited with code 1", stderr: "hello is no command" }),
      end: {
        outcome: "failed",
        code: "agent_failed",
        reason: "agent main failed: it exited with code 1 (asked 3 times)"
      }
    },
    {
      what: "whose agent was asked once, for it had begun",
      agent: () => new AgentInterrupted({ agentId: "main", detail: "cut off" }),
      end: {
        outcome: "failed",
        code: "agent_interrupted",
        reason: "agent main failed in the middle of its answer: cut off (asked once)"
      }
    },
    {
      what: "that was broken off after its first words",
      agent: (_, say) => Effect.zipRight(say(Said.Say({ reply: { text: "first" } })), failed),
      end: { outcome: "failed", code: "agent_failed", reason: "agent main failed: no luck" }
    }
  ])("$what", ({ agent, end }) =>
    Effect.gen(function* () {
      const turn = yield* begin(agent)
      yield* TestClock.adjust("20 seconds")
      yield* turn.end
      expect(yield* turn.ends).toMatchObject([{ id: "turn-1", agentId: "main", ...end }])
    })
  )

  it.effect("is that it was stopped, where somebody said so", () =>
    Effect.gen(function* () {
      const turn = yield* begin(() => Effect.never)
      yield* turn.stop
      yield* turn.end
      expect(yield* turn.ends).toMatchObject([{ outcome: "stopped" }])
      expect((yield* turn.events).map(({ _tag }) => _tag)).toEqual(["TurnBegun", "TurnEnded"])
    })
  )

  it.effect("is nothing where it was answered before a crash", () =>
    Effect.gen(function* () {
      const turn = yield* begin(answering("one"), { isOver: true })
      yield* turn.end
      expect(yield* turn.ends).toEqual([])
    })
  )
})
