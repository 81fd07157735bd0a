/** From an agent's replies to what is delivered. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Ref, TestClock } from "effect"
import * as ChunkerLive from "../../../src/layers/chunker/ChunkerLive.ts"
import { makePrepareReplies } from "../../../src/programs/session/prepareReplies.ts"
import type { DeliveredReply } from "../../../src/schemas/Delivery.ts"
import { MediaRejected } from "../../../src/schemas/errors/media.ts"
import { StoreUnavailable } from "../../../src/schemas/errors/store.ts"
import type { Reply, Turn } from "../../../src/schemas/Turn.ts"
import { OutboundFiles, type StageRequest } from "../../../src/services/OutboundFiles.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { type ConfigFileContent, configLayer } from "../../support/configs.ts"
import { asTurnMessage, makeEnvelope } from "../../support/envelopes.ts"
import { makeTurn } from "../../support/turns.ts"

type Stage = typeof OutboundFiles.Service.stage

/** Copies everything but the files that are called `secret`. */
const staging: Stage = ({ index, source }) =>
  source.includes("secret")
    ? new MediaRejected({ source, reason: "outside-roots" })
    : Effect.succeed(`/staged/${index}`)

/** What is delivered of an agent's replies, and what was to be staged for it. */
const prepare = (
  replies: ReadonlyArray<Reply>,
  options: {
    readonly config?: ConfigFileContent
    readonly turn?: Turn
    readonly stage?: Stage
    /** The guids of what the gateway said in the chat. */
    readonly own?: ReadonlyArray<string>
  } = {}
) =>
  Effect.gen(function* () {
    const requests = yield* Ref.make<ReadonlyArray<StageRequest>>([])
    const stage = options.stage ?? staging
    const files = Layer.succeed(OutboundFiles, {
      stage: (request) =>
        Effect.zipRight(
          Ref.update(requests, (all) => [...all, request]),
          stage(request)
        ),
      receive: () => Effect.dieMessage("nothing comes in here"),
      here: () => Effect.dieMessage("nothing is sent here"),
      release: () => Effect.dieMessage("what is not sent yet is not released"),
      releaseOthers: () => Effect.dieMessage("what is not sent yet is not released")
    })
    const outbox = Layer.mock(Outbox, {
      said: () =>
        Effect.succeed((options.own ?? []).map((guid) => ({ deliveryId: "default:turn", guid, at: 0 })))
    })
    const prepared = yield* Effect.flatMap(makePrepareReplies, (prepareReplies) =>
      prepareReplies(options.turn ?? makeTurn(), replies)
    ).pipe(Effect.provide([files, outbox, ChunkerLive.layer, configLayer(options.config)]))
    return { prepared: prepared.replies, parts: prepared.parts, requests: yield* Ref.get(requests) }
  })

describe("the prefix of a reply", () => {
  const messages = { responsePrefix: "[all]" }

  it.effect.each([
    [{}, "[all] a"],
    [{ responsePrefix: "[{account}]" }, "[default] a"],
    [{ responsePrefix: "auto" }, "[main] a"],
    [{ responsePrefix: "" }, "a"],
    [{ responsePrefix: "[above]", accounts: { default: {} } }, "[above] a"],
    [{ responsePrefix: "[above]", accounts: { default: { responsePrefix: "[own]" } } }, "[own] a"]
  ] as const)("of an account with %j", ([imessage, text]) =>
    Effect.gen(function* () {
      const { prepared } = yield* prepare([{ text: "a" }], { config: { imessage, messages } })
      expect(prepared).toEqual([{ text, media: [] }])
    })
  )
})

describe("what an agent says in markdown", () => {
  const agent = (markdown: "plain" | "styled" | "keep", more: ConfigFileContent = {}): ConfigFileContent => ({
    agents: { list: [{ id: "main", runtime: { type: "echo" }, markdown }] },
    ...more
  })

  it.effect.each<
    readonly [what: string, config: ConfigFileContent, said: string, prepared: ReadonlyArray<string>]
  >([
    ["is plain text where that is wanted", agent("plain"), "# A\n\n- **b**", ["A\n\n• b"]],
    ["stays as it is where that is wanted", agent("keep"), "# A\n\n- **b**", ["# A\n\n- **b**"]],
    [
      "has its prefix as that is",
      agent("plain", { messages: { responsePrefix: "**all**" } }),
      "*a*",
      ["**all** a"]
    ],
    ["steers no terminal by what its entities stand for", agent("plain"), "a&#27;[2Jb&#7;", ["ab"]],
    ["is nothing where nothing is left", agent("plain"), "<!-- thinking -->", []],
    ["is no reply where it says so, however", agent("plain"), "**NO_REPLY**", []]
  ])("%s", ([_, config, text, prepared]) =>
    Effect.gen(function* () {
      const { prepared: replies } = yield* prepare([{ text }], { config })
      expect(replies.map((reply) => reply.text)).toEqual(prepared)
    })
  )

  const bold = (start: number, length: number) => ({ start, length, styles: ["bold"] as const })
  const PREFIX = { messages: { responsePrefix: "[bot]" } }

  it.effect.each<
    readonly [what: string, config: ConfigFileContent, said: string, prepared: ReadonlyArray<DeliveredReply>]
  >([
    [
      "is text and what it looks like where that is wanted",
      agent("styled"),
      "# A\n\n- **b** `c`",
      [{ text: "A\n\n• b c", media: [], format: [bold(0, 1), bold(5, 1)] }]
    ],
    ["looks like nothing where it is plain", agent("plain"), "**b**", [{ text: "b", media: [] }]],
    ["has no format where nothing has a look", agent("styled"), "`b`", [{ text: "b", media: [] }]],
    [
      "keeps its look behind a prefix",
      agent("styled", PREFIX),
      "a **b**",
      [{ text: "[bot] a b", media: [], format: [bold(8, 1)] }]
    ],
    [
      "keeps its look where something is taken out of it",
      agent("styled", PREFIX),
      "&#27;[2J*&#7;* [[reply_to_current]] **a&#7;b** c",
      [{ text: "[bot] ** ab c", media: [], format: [bold(9, 2)] }]
    ]
  ])("%s", ([_, config, text, prepared]) =>
    Effect.gen(function* () {
      expect((yield* prepare([{ text }], { config })).prepared).toEqual(prepared)
    })
  )
})

describe("what a reply has beside its words", () => {
  const OWN = { own: ["own-1"] }
  const POLL = { question: "When?", options: ["Now", "Later"] }

  it.effect.each<readonly [what: string, reply: Reply, prepared: ReadonlyArray<DeliveredReply>]>([
    [
      "goes with it",
      { text: "a", effect: "loud", voice: true },
      [{ text: "a", media: [], effect: "loud", voice: true }]
    ],
    [
      "names the message that is answered",
      { text: "a", replyTo: true },
      [{ text: "a", media: [], replyTo: "guid-1" }]
    ],
    [
      "names a message of the turn",
      { text: "a", replyTo: "guid-1" },
      [{ text: "a", media: [], replyTo: "guid-1" }]
    ],
    [
      "names what the gateway said",
      { text: "a", replyTo: "own-1" },
      [{ text: "a", media: [], replyTo: "own-1" }]
    ],
    ["names no message of another chat", { text: "a", replyTo: "other" }, [{ text: "a", media: [] }]],
    ["may be all of it, where that is a poll", { poll: POLL }, [{ text: "", media: [], poll: POLL }]],
    ["is nothing by itself", { effect: "loud", replyTo: true, voice: true }, []],
    [
      "is clean, and has no markdown",
      { poll: { question: "**When**\u0007?", options: [" *Now* ", "Later", "NO_REPLY"] } },
      [{ text: "", media: [], poll: POLL }]
    ],
    [
      "is no poll of one option",
      { text: "a", poll: { question: "b", options: ["c", "\u0007"] } },
      [{ text: "a", media: [] }]
    ],
    ["is no poll without a question", { poll: { question: "\u0007", options: ["c", "d"] } }, []]
  ])("%s", ([_, reply, prepared]) =>
    Effect.gen(function* () {
      const config = { agents: { list: [{ id: "main", markdown: "plain" }] } }
      expect((yield* prepare([reply], { ...OWN, config })).prepared).toEqual(prepared)
    })
  )
})

describe("what is delivered", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly replies: ReadonlyArray<Reply>
    readonly prepared: ReadonlyArray<DeliveredReply>
  }> = [
    { what: "is what the agent says", replies: [{ text: "a" }], prepared: [{ text: "a", media: [] }] },
    {
      what: "has copies of the files, numbered over all replies",
      replies: [{ text: "a", media: ["/1.png", "/2.png"] }, { text: "b" }, { media: ["/3.png"] }],
      prepared: [
        { text: "a", media: ["/staged/0", "/staged/1"] },
        { text: "b", media: [] },
        { text: "", media: ["/staged/2"] }
      ]
    },
    {
      what: "has no refused file, and the text and the other files all the same",
      replies: [{ text: "a", media: ["/secret", "/2.png"] }],
      prepared: [{ text: "a", media: ["/staged/1"] }]
    },
    {
      what: "has no reply of refused files only",
      replies: [{ media: ["/secret"] }, { text: " ", media: ["/secret"] }, { text: "b" }],
      prepared: [{ text: "b", media: [] }]
    },
    { what: "has no reply without content", replies: [{}, { text: " \n" }, { media: [] }], prepared: [] },
    { what: "may be nothing", replies: [], prepared: [] },
    {
      what: "is clean, and without what is for the gateway",
      replies: [
        { text: "\u001b[32m[[reply_to_current]] a\u001b[0m\u0000" },
        { text: "NO_REPLY" },
        { text: "NO_REPLY", media: ["/1.png"] }
      ],
      prepared: [
        { text: "a", media: [] },
        { text: "", media: ["/staged/0"] }
      ]
    }
  ]
  for (const { prepared, replies, what } of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        expect((yield* prepare(replies)).prepared).toEqual(prepared)
      })
    )
  }

  it.effect("has at most twenty files", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: 15 }, (_, at) => `/${at}.png`)
      const config = { agents: { list: [{ id: "main", maxParts: 100 }] } }
      const { prepared, requests } = yield* prepare([{ media: many }, { text: "b", media: many }], { config })
      expect(prepared.map(({ media }) => media?.length)).toEqual([15, 5])
      expect(requests.length).toBe(20)
    })
  )

  it.effect("waits a minute for all files together, and goes without the others", () =>
    Effect.gen(function* () {
      const slow: Stage = ({ index }) => Effect.delay(Effect.succeed(`/staged/${index}`), "25 seconds")
      const fiber = yield* Effect.fork(
        prepare([{ text: "a", media: ["/1", "/2", "/3", "/4"] }], { stage: slow })
      )
      yield* TestClock.adjust("61 seconds")
      const { prepared, requests } = yield* Fiber.join(fiber)
      expect(prepared).toEqual([{ text: "a", media: ["/staged/0", "/staged/1"] }])
      expect(requests.length).toBe(3)
    })
  )

  it.effect("begins with the prefix at each text, and a file has none", () =>
    Effect.gen(function* () {
      const config = { messages: { responsePrefix: "[{agent}]" } }
      const { prepared } = yield* prepare([{ text: "a" }, { text: "b" }, { media: ["/1.png"] }], { config })
      expect(prepared).toEqual([
        { text: "[main] a", media: [] },
        { text: "[main] b", media: [] },
        { text: "", media: ["/staged/0"] }
      ])
    })
  )

  it.effect("is nothing where the agent says NO_REPLY, also with a prefix", () =>
    Effect.gen(function* () {
      const config = { messages: { responsePrefix: "auto" } }
      expect(yield* prepare([{ text: " no_reply\n" }], { config })).toMatchObject({ prepared: [], parts: 0 })
    })
  )

  it.effect("ends with a mark after so many parts, and none is copied that is not sent", () =>
    Effect.gen(function* () {
      const config = {
        imessage: { textChunkLimit: 10 },
        agents: { list: [{ id: "main", maxParts: 4 }] }
      }
      const { parts, prepared, requests } = yield* prepare(
        [{ text: "one two three four", media: ["/1.png", "/2.png", "/3.png"] }, { text: "more" }],
        { config }
      )
      expect(prepared).toEqual([
        { text: "one two three four", media: ["/staged/0", "/staged/1"] },
        { text: "… (cut)", media: [] }
      ])
      expect(parts).toBe(5)
      expect(requests.length).toBe(2)
    })
  )

  it.effect("is nothing of a refused file, also with a prefix", () =>
    Effect.gen(function* () {
      const config = { messages: { responsePrefix: "auto" } }
      expect((yield* prepare([{ media: ["/secret"] }], { config })).prepared).toEqual([])
    })
  )

  const absent = [
    { what: "account", turn: makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ accountId: "gone" }))] }) },
    { what: "agent", turn: makeTurn({ agentId: "gone" }) }
  ]
  for (const { turn, what } of absent) {
    it.effect(`has texts only where the config has no such ${what} any more`, () =>
      Effect.gen(function* () {
        const config = { messages: { responsePrefix: "auto" } }
        const { prepared, requests } = yield* prepare(
          [{ text: "a", media: ["/1.png"] }, { media: ["/2.png"] }, { text: "b" }],
          { config, turn }
        )
        expect(prepared).toEqual([{ text: "a" }, { text: "b" }])
        expect(requests).toEqual([])
      })
    )
  }
})

describe("a file of a reply", () => {
  it.effect(
    "is staged for the turn's delivery, with the folders of its agent and the limit of its account",
    () =>
      Effect.gen(function* () {
        const { requests } = yield* prepare([{ media: ["/1.png"] }], {
          turn: makeTurn({ id: "turn-1", agentId: "second" }),
          config: {
            imessage: { mediaMaxMb: 0.5 },
            agents: {
              list: [
                { id: "first", default: true },
                { id: "second", mediaRoots: ["/second"] }
              ]
            }
          }
        })
        expect(requests).toMatchObject([
          {
            deliveryId: "turn-1",
            index: 0,
            source: "/1.png",
            agent: { id: "second", mediaRoots: ["/second"] },
            maxBytes: 524_288
          }
        ])
      })
  )

  it.effect("counts where it was refused: the places of the others do not depend on it", () =>
    Effect.gen(function* () {
      const { requests } = yield* prepare([{ media: ["/secret", "/2.png"] }, { media: ["/3.png"] }])
      expect(requests.map(({ index, source }) => [index, source])).toEqual([
        [0, "/secret"],
        [1, "/2.png"],
        [2, "/3.png"]
      ])
    })
  )

  it.effect("keeps its place while the disk cannot be written", () =>
    Effect.gen(function* () {
      const isFull = yield* Ref.make(true)
      const stage: Stage = (request) =>
        Effect.flatMap(Ref.getAndSet(isFull, false), (full) =>
          full ? new StoreUnavailable({ file: "/staged", detail: "disk full" }) : staging(request)
        )
      const fiber = yield* Effect.fork(prepare([{ text: "a", media: ["/1.png", "/2.png"] }], { stage }))
      yield* TestClock.adjust("1 second")
      const { prepared, requests } = yield* Fiber.join(fiber)
      expect(prepared).toEqual([{ text: "a", media: ["/staged/0", "/staged/1"] }])
      expect(requests.map(({ index }) => index)).toEqual([0, 0, 1])
    })
  )
})
