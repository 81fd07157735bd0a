/** Which messages an agent may name, and what is done to them. */
import { describe, expect, it } from "@effect/vitest"
import { actsOf, guidOf, MAX_ACTS, nameableIn } from "../../../src/programs/session/namedMessages.ts"
import type { MessageAct, NamedMessage } from "../../../src/schemas/Act.ts"
import type { AskedActs } from "../../../src/schemas/AgentOutput.ts"
import { asTurnMessage, BOB, makeEnvelope } from "../../support/envelopes.ts"
import { makeTurn } from "../../support/turns.ts"

const NO_FILES = { attachments: [], withheld: [] }
const reactionTo = (guid: string) => ({ kind: "like" as const, isRemoved: false, to: { isOwn: false, guid } })

const turn = makeTurn({
  isGroup: true,
  envelopes: [
    asTurnMessage(
      makeEnvelope({ guid: "first", replyTo: { text: "a", guid: "quoted" }, threadGuid: "thread" })
    ),
    asTurnMessage(makeEnvelope({ guid: "last", replyTo: { text: "d", guid: "HEARD" } })),
    asTurnMessage(makeEnvelope({ guid: "tapback", isReaction: true, reaction: reactionTo("reacted to") }))
  ],
  history: [
    { guid: "before", sender: BOB, text: "b", attachments: [], withheld: [] },
    { ...{ guid: "tapped", sender: BOB, text: "(b)" }, ...NO_FILES, reaction: reactionTo("liked") }
  ]
})
const nameable = nameableIn(turn, [
  { guid: "own", isOwn: true },
  { guid: "heard", isOwn: true },
  { guid: "notice", isOwn: false }
])

describe("a message that an agent names", () => {
  it.each<[named: NamedMessage, guid: string | undefined]>([
    [true, "last"],
    ["first", "first"],
    ["last", "last"],
    ["tapback", undefined],
    ["reacted to", "reacted to"],
    ["tapped", undefined],
    ["liked", "liked"],
    ["quoted", "quoted"],
    ["thread", "thread"],
    ["before", "before"],
    ["own", "own"],
    ["notice", "notice"],
    ["other", undefined],
    ["FIRST", "first"],
    ["OWN", "own"],
    ["heard", "HEARD"],
    ["", undefined]
  ])("by %j is %j", (named, guid) => {
    expect(guidOf(named, nameable)).toBe(guid)
  })

  it("is none where people only reacted, unless it is named by its guid", () => {
    const reacted = makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ guid: "a", isReaction: true }))] })
    expect(guidOf(true, nameableIn(reacted, []))).toBeUndefined()
    expect(guidOf("a", nameableIn(reacted, []))).toBe("a")
  })
})

const like = (guid: string): MessageAct => ({ _tag: "React", guid, reaction: "like" })

describe("what an agent asks to be done", () => {
  it.each<[what: string, asked: AskedActs, acts: ReadonlyArray<MessageAct>]>([
    ["may be nothing", {}, []],
    [
      "is a tapback on the message that it answers",
      { reactions: [{ guid: true, reaction: "👍" }] },
      [like("last")]
    ],
    [
      "is a tapback by its name, or an emoji, that may be taken back",
      {
        reactions: [
          { guid: "own", reaction: "Emphasis", remove: true },
          { guid: "first", reaction: "👀", remove: false }
        ]
      },
      [
        { _tag: "React", guid: "own", reaction: "emphasize", remove: true },
        { _tag: "React", guid: "first", reaction: "👀" }
      ]
    ],
    [
      "is a vote by number or by words, that may be taken back",
      {
        votes: [
          { poll: "before", option: 2 },
          { poll: true, option: "Pizza", remove: true }
        ]
      },
      [
        { _tag: "Vote", guid: "before", option: 2 },
        { _tag: "Vote", guid: "last", option: "Pizza", remove: true }
      ]
    ],
    [
      "is to its own messages an edit, and taking them back",
      { unsend: ["own"], edits: [{ guid: "own", text: "b" }] },
      [
        { _tag: "Edit", guid: "own", text: "b" },
        { _tag: "Unsend", guid: "own" }
      ]
    ],
    [
      "is to the message as Messages spells it, where that is known, and once",
      { unsend: ["Heard", "HEARD", "heard"], reactions: [{ guid: "heard", reaction: "like" }] },
      [like("HEARD"), { _tag: "Unsend", guid: "HEARD" }]
    ],
    [
      "is done once, however it is said",
      {
        reactions: [
          { guid: true, reaction: "like" },
          { guid: "last", reaction: "👍" },
          { guid: "last", reaction: "Liked", remove: false }
        ],
        unsend: ["own", "own"]
      },
      [like("last"), { _tag: "Unsend", guid: "own" }]
    ],
    [
      "is to what the gateway says beside a tapback and a vote",
      { reactions: [{ guid: "notice", reaction: "like" }], votes: [{ poll: "notice", option: 1 }] },
      [like("notice"), { _tag: "Vote", guid: "notice", option: 1 }]
    ],
    [
      "goes on after what is left out",
      {
        reactions: [
          { guid: "other", reaction: "like" },
          { guid: "first", reaction: "like" }
        ]
      },
      [like("first")]
    ]
  ])("%s", (_, asked, acts) => {
    expect(actsOf(asked, nameable).acts).toEqual(acts)
  })

  it.each<[what: string, asked: AskedActs, named: NamedMessage, why: RegExp]>([
    [
      "a tapback elsewhere",
      { reactions: [{ guid: "other", reaction: "like" }] },
      "other",
      /no message of this chat/u
    ],
    ["a vote elsewhere", { votes: [{ poll: "other", option: 1 }] }, "other", /no message of this chat/u],
    ["what is no tapback", { reactions: [{ guid: true, reaction: "great" }] }, true, /love, like, dislike/u],
    [
      "an edit of what others wrote",
      { edits: [{ guid: "last", text: "a" }] },
      "last",
      /has said no such message/u
    ],
    [
      "an edit of what the gateway is quoted with only",
      { edits: [{ guid: "quoted", text: "a" }] },
      "quoted",
      /no such/u
    ],
    ["taking back what others wrote", { unsend: ["first"] }, "first", /has said no such message/u],
    [
      "an edit of what the gateway says beside",
      { edits: [{ guid: "notice", text: "a" }] },
      "notice",
      /no such/u
    ],
    ["taking that back", { unsend: ["notice"] }, "notice", /no such/u],
    ["taking back what is elsewhere", { unsend: ["other"] }, "other", /has said no such message/u]
  ])("leaves out %s", (_, asked, named, why) => {
    expect(actsOf(asked, nameable)).toEqual({
      acts: [],
      leftOut: [{ named, why: expect.stringMatching(why) }]
    })
  })

  it("is at most so much, counted after what is asked twice", () => {
    const own = Array.from({ length: MAX_ACTS + 2 }, (_, at) => `own-${at}`)
    const all = nameableIn(
      turn,
      own.map((guid) => ({ guid, isOwn: true }))
    )
    const { acts, leftOut } = actsOf({ unsend: ["own-0", ...own, "own-1"] }, all)
    expect(acts).toHaveLength(MAX_ACTS)
    expect(leftOut.map(({ named }) => named)).toEqual(own.slice(MAX_ACTS))
  })
})
