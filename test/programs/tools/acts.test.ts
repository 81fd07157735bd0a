/** Laws 4 and 5 for what tools do: to which messages and groups, by which grants, and how a refusal is said. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref, Schema, TestClock } from "effect"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { handPrefix, toolPrefix } from "../../../src/schemas/deliveryNames.ts"
import { MediaRejected } from "../../../src/schemas/errors/media.ts"
import type { Grant } from "../../../src/schemas/Grant.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import { Audit } from "../../../src/services/Audit.ts"
import { Budget } from "../../../src/services/Budget.ts"
import { OutboundFiles } from "../../../src/services/OutboundFiles.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import {
  BOB_LET_IN,
  CHATS,
  callAs,
  row,
  STRANGER,
  toolConfig,
  toolServices
} from "../../support/toolWorld.ts"

const token = (...scopes: Grant["scopes"]): Grant => ({ scopes, by: { _tag: "Token", number: 1 } })
const agentIn = (chatId: number, ...more: Grant["scopes"]): Grant => ({
  scopes: ["chat", ...more],
  only: { accountId: "default", chatId },
  by: { _tag: "Agent", agentId: "main" }
})
const ADMIN: Grant = { scopes: ["admin"] }

/** Said by the gateway in the chat of Alice, spelt there as Messages does it; and what its owner wrote on the Mac. */
const OWN = "OWN-1"
const byHand = "guid-11"
const rows = [{ ...row(50, CHATS.ofAlice, undefined, "said by the gateway"), guid: OWN }]

/** What the gateway said is known by its part, and whose it is by the name of its delivery. */
const begunAs = (id: string) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(BOB_LET_IN)
    yield* (yield* Accounts).update("default", () => ({ state: "running", cursor: 100 }))
    yield* (yield* Outbox).putParts({ id, accountId: "default" }, [
      {
        index: 0,
        part: { _tag: "Text", text: "said by the gateway" },
        state: PartState.Sent({ guid: OWN.toLowerCase(), rowId: 50 }),
        tries: 1
      }
    ])
  })

/** What the gateway said is what the first token sent. */
const BY_TOKEN = `${toolPrefix("default", token("send"))}a`

const inWorld = <A, E, R>(effect: Effect.Effect<A, E, R>, ...methods: ReadonlyArray<string>) =>
  Effect.zipRight(begunAs(BY_TOKEN), effect).pipe(Effect.provide(toolServices(toolConfig, rows, methods)))

const decodeAnswer = Schema.decodeUnknown(Schema.Struct({ state: Schema.String, delivery_id: Schema.String }))

const called = (grant: Grant, tool: string, input: object) =>
  Effect.flatMap(callAs(grant, tool, { wait_ms: 0, ...input }), decodeAnswer)

/** What a tool has done, as it stands in the outbox; else the code of its refusal. */
const doneBy = (grant: Grant, tool: string, input: object) =>
  Effect.gen(function* () {
    const { delivery_id: id } = yield* called(grant, tool, input)
    const open = yield* (yield* Outbox).find({ id, accountId: "default" })
    return Option.match(open, {
      onNone: () => "nothing",
      onSome: ({ delivery: { acts, replies, target } }) => ({
        target,
        ...(replies.length === 0 ? {} : { replies }),
        ...(acts === undefined ? {} : { acts })
      })
    })
  }).pipe(Effect.catchAll((error) => Effect.succeed("code" in error ? error.code : error._tag)))

type Case = readonly [who: string, grant: Grant, tool: string, input: object, became: unknown]

const inAlice = { _tag: "ChatId", chatId: CHATS.ofAlice }
const inGroup = { _tag: "ChatId", chatId: CHATS.groupOfAlice }
const of = (chat: keyof typeof CHATS, more: object = {}) => ({ chat_id: CHATS[chat], ...more })
const love = { reaction: "love" }
const acts = (...all: ReadonlyArray<object>) => ({ target: inAlice, acts: all })
const inItsGroup = (...all: ReadonlyArray<object>) => ({ target: inGroup, acts: all })

const table = (cases: ReadonlyArray<Case>, ...methods: ReadonlyArray<string>) => {
  for (const [who, grant, tool, input, became] of cases) {
    it.effect(`${tool}: ${who}`, () =>
      inWorld(
        Effect.map(doneBy(grant, tool, input), (done) => expect(done).toEqual(became)),
        ...methods
      )
    )
  }
}

describe("a message that is named", () => {
  table([
    [
      "one of the chat is reacted to",
      token("chat"),
      "react",
      of("ofAlice", { guid: "guid-10", ...love }),
      acts({ _tag: "React", guid: "guid-10", reaction: "love" })
    ],
    [
      "a tapback can be taken back, and is named as people do",
      token("send"),
      "react",
      of("ofAlice", { guid: "guid-10", reaction: "❤️", remove: true }),
      acts({ _tag: "React", guid: "guid-10", reaction: "love", remove: true })
    ],
    ["none without a chat", token("send"), "react", { guid: "guid-10", ...love }, "tool_input_invalid"],
    [
      "no word is a tapback",
      token("send"),
      "react",
      of("ofAlice", { guid: "guid-10", reaction: "wow" }),
      "tool_input_invalid"
    ],
    [
      "not one of another chat, whoever may see both",
      ADMIN,
      "react",
      of("ofAlice", { guid: "guid-12", ...love }),
      "message_not_found"
    ],
    ["not one that there is not", ADMIN, "react", of("ofAlice", { guid: "x", ...love }), "message_not_found"],
    [
      "not in a chat that is not open",
      token("chat"),
      "react",
      of("ofStranger", { guid: "guid-12", ...love }),
      "chat_not_granted"
    ],
    [
      "not one of somebody who is not let in",
      token("chat"),
      "react",
      of("groupOfAlice", { guid: "guid-14", ...love }),
      "message_not_found"
    ],
    [
      "who may send to anybody can name that too",
      token("send"),
      "react",
      of("groupOfAlice", { guid: "guid-14", ...love }),
      inItsGroup({ _tag: "React", guid: "guid-14", reaction: "love" })
    ],
    [
      "an agent: one of its chat, which it need not name",
      agentIn(CHATS.ofAlice),
      "react",
      { guid: "guid-10", ...love },
      acts({ _tag: "React", guid: "guid-10", reaction: "love" })
    ],
    [
      "an agent: not one of another chat",
      agentIn(CHATS.ofAlice),
      "react",
      { guid: "guid-13", ...love },
      "message_not_found"
    ],
    [
      "an agent: no other chat",
      agentIn(CHATS.ofAlice),
      "react",
      of("groupOfAlice", { guid: "guid-13", ...love }),
      "chat_not_granted"
    ],
    [
      "the gateway's own",
      token("chat"),
      "edit_message",
      of("ofAlice", { guid: OWN, text: "better" }),
      acts({ _tag: "Edit", guid: OWN, text: "better" })
    ],
    [
      "nobody else's",
      ADMIN,
      "edit_message",
      of("ofAlice", { guid: "guid-10", text: "x" }),
      "message_not_own"
    ],
    [
      "nor what the owner wrote on the Mac",
      ADMIN,
      "edit_message",
      of("ofAlice", { guid: byHand, text: "x" }),
      "message_not_own"
    ],
    [
      "not in another chat than that in which it was said",
      ADMIN,
      "edit_message",
      of("ofBob", { guid: OWN, text: "x" }),
      "message_not_found"
    ],
    ["not to nothing", ADMIN, "edit_message", of("ofAlice", { guid: OWN, text: " " }), "nothing_to_send"],
    [
      "the gateway's own, as the answer of its send spelt it",
      token("send"),
      "unsend_message",
      of("ofAlice", { guid: OWN.toLowerCase() }),
      acts({ _tag: "Unsend", guid: OWN })
    ],
    ["nobody else's", ADMIN, "unsend_message", of("ofAlice", { guid: "guid-10" }), "message_not_own"],
    [
      "by number",
      token("chat"),
      "vote",
      of("ofAlice", { guid: "guid-10", option: 2 }),
      acts({ _tag: "Vote", guid: "guid-10", option: 2 })
    ],
    [
      "by its words, taken back",
      token("chat"),
      "vote",
      of("ofAlice", { guid: "guid-10", option: "red", remove: true }),
      acts({ _tag: "Vote", guid: "guid-10", option: "red", remove: true })
    ],
    [
      "not in a poll of another chat",
      token("chat"),
      "vote",
      of("ofAlice", { guid: "guid-13", option: 1 }),
      "message_not_found"
    ]
  ])
})

describe("a message that is changed", () => {
  const agent = agentIn(CHATS.ofAlice)
  const edited = acts({ _tag: "Edit", guid: OWN, text: "better" })
  const unsent = acts({ _tag: "Unsend", guid: OWN })
  const other: Grant = { scopes: ["send"], by: { _tag: "Token", number: 11 } }
  const cases: ReadonlyArray<readonly [what: string, id: string, grant: Grant, isOwn: boolean]> = [
    ["the answer of a turn, by its agent", "default:turn", agent, true],
    ["a later piece of one", "default:turn/2", agent, true],
    ["what it sent by tools", `${toolPrefix("default", agent)}a`, agent, true],
    [
      "not what another agent sent by tools",
      `${toolPrefix("default", { ...agent, by: { _tag: "Agent", agentId: "other" } })}a`,
      agent,
      false
    ],
    ["not a question to an owner", "owner:default:permission-1:+15555550100", agent, false],
    ["not what says that a turn failed", "failed:default:turn", agent, false],
    ["not what an owner sent by hand", "send:default:a", agent, false],
    ["what a token sent by hand, by that token", `${handPrefix("default", other)}a`, other, true],
    ["not what another one sent", BY_TOKEN, other, false],
    ["not the answer of a turn, by a token", "default:turn", other, false],
    ["the answer of a turn, by who may do everything", "default:turn", ADMIN, true],
    ["a notice too", "failed:default:turn", ADMIN, true]
  ]
  for (const [what, id, grant, isOwn] of cases) {
    it.effect(what, () =>
      Effect.gen(function* () {
        yield* begunAs(id)
        const of = { chat_id: CHATS.ofAlice, guid: OWN }
        expect(yield* doneBy(grant, "edit_message", { ...of, text: "better" })).toEqual(
          isOwn ? edited : "message_not_own"
        )
        expect(yield* doneBy(grant, "unsend_message", of)).toEqual(isOwn ? unsent : "message_not_own")
        // A tapback is for whatever is said there.
        expect(yield* doneBy(grant, "react", { ...of, ...love })).toEqual(
          acts({ _tag: "React", guid: OWN, reaction: "love" })
        )
      }).pipe(Effect.provide(toolServices(toolConfig, rows)))
    )
  }
})

describe("what is said with more than words", () => {
  table([
    [
      "a reply to a message of the chat, with an effect",
      token("chat"),
      "send_message",
      of("ofAlice", { text: "yes", reply_to: "guid-10", effect: "confetti" }),
      { target: inAlice, replies: [{ text: "yes", media: [], replyTo: "guid-10", effect: "confetti" }] }
    ],
    [
      "a reply in a chat that is named by its guid",
      token("send"),
      "send_message",
      { to: `chat_guid:iMessage;-;${ALICE}`, text: "yes", reply_to: "guid-10" },
      {
        target: { _tag: "ChatGuid", chatGuid: `iMessage;-;${ALICE}` },
        replies: [{ text: "yes", media: [], replyTo: "guid-10" }]
      }
    ],
    [
      "no reply to a message of another chat",
      ADMIN,
      "send_message",
      of("ofAlice", { text: "yes", reply_to: "guid-12" }),
      "message_not_found"
    ],
    [
      "no reply where no chat is named",
      ADMIN,
      "send_message",
      { to: ALICE, text: "yes", reply_to: "guid-10" },
      "tool_input_invalid"
    ],
    [
      "no effect that there is not",
      ADMIN,
      "send_message",
      of("ofAlice", { text: "yes", effect: "boom" }),
      "tool_input_invalid"
    ],
    [
      "a question and its options",
      agentIn(CHATS.ofAlice),
      "send_poll",
      { question: "When?", options: ["now", "later"] },
      {
        target: inAlice,
        replies: [{ text: "", media: [], poll: { question: "When?", options: ["now", "later"] } }]
      }
    ],
    [
      "no question with one option",
      ADMIN,
      "send_poll",
      of("ofAlice", { question: "When?", options: ["now"] }),
      "tool_input_invalid"
    ],
    [
      "no option without words",
      ADMIN,
      "send_poll",
      of("ofAlice", { question: "When?", options: ["now", " "] }),
      "tool_input_invalid"
    ],
    [
      "not in a chat that is not open",
      token("chat"),
      "send_poll",
      of("ofStranger", { question: "When?", options: ["now", "later"] }),
      "chat_not_granted"
    ]
  ])
})

describe("a group that is changed", () => {
  table([
    [
      "one that the config admits",
      token("group"),
      "rename_group",
      of("groupOfAlice", { name: "Hiking" }),
      inItsGroup({ _tag: "Rename", name: "Hiking" })
    ],
    [
      "no other one",
      token("group"),
      "rename_group",
      of("groupOfStrangers", { name: "Hiking" }),
      "chat_not_granted"
    ],
    [
      "any one with the scope send",
      token("group", "send"),
      "rename_group",
      of("groupOfStrangers", { name: "Hiking" }),
      {
        target: { _tag: "ChatId", chatId: CHATS.groupOfStrangers },
        acts: [{ _tag: "Rename", name: "Hiking" }]
      }
    ],
    [
      "not by the scope send alone",
      token("send"),
      "rename_group",
      of("groupOfAlice", { name: "x" }),
      "tool_not_found"
    ],
    ["not by the scope chat alone", token("chat"), "leave_group", of("groupOfAlice"), "tool_not_found"],
    ["not by an agent at work", agentIn(CHATS.groupOfAlice), "leave_group", {}, "tool_not_found"],
    [
      "by an agent whose owner lets it, the group of its turn",
      agentIn(CHATS.groupOfAlice, "group"),
      "leave_group",
      {},
      inItsGroup({ _tag: "Leave" })
    ],
    [
      "but no other one",
      agentIn(CHATS.groupOfAlice, "group"),
      "leave_group",
      of("groupOfStrangers"),
      "chat_not_granted"
    ],
    ["no chat with one person", ADMIN, "rename_group", of("ofAlice", { name: "x" }), "chat_not_group"],
    [
      "the icon can be removed",
      token("group"),
      "set_group_icon",
      of("groupOfAlice"),
      inItsGroup({ _tag: "SetIcon" })
    ],
    [
      "somebody who is let in is added",
      token("group"),
      "add_to_group",
      of("groupOfAlice", { handle: ALICE }),
      inItsGroup({ _tag: "AddMember", handle: ALICE })
    ],
    [
      "nobody else, who would read along",
      token("group"),
      "add_to_group",
      of("groupOfAlice", { handle: STRANGER }),
      "person_not_granted"
    ],
    [
      "anybody with the scope send",
      token("group", "send"),
      "add_to_group",
      of("groupOfAlice", { handle: STRANGER }),
      inItsGroup({ _tag: "AddMember", handle: STRANGER })
    ],
    [
      "whoever is there can be removed",
      token("group"),
      "remove_from_group",
      of("groupOfAlice", { handle: STRANGER }),
      inItsGroup({ _tag: "RemoveMember", handle: STRANGER })
    ],
    [
      "nobody whom iMessage does not reach",
      token("group"),
      "remove_from_group",
      of("groupOfAlice", { handle: "sms:26266" }),
      "tool_input_invalid"
    ],
    [
      "no chat is a member",
      token("group"),
      "add_to_group",
      of("groupOfAlice", { handle: "chat_id:1" }),
      "tool_input_invalid"
    ]
  ])
})

describe("a chat that is made", () => {
  const both = { addresses: [ALICE, STRANGER] }
  table(
    [
      [
        "with anybody by the scope send",
        token("group", "send"),
        "create_chat",
        { ...both, name: "Hiking", text: "Who comes?" },
        {
          target: { _tag: "NewChat", addresses: [ALICE, STRANGER] },
          acts: [{ _tag: "CreateChat", addresses: [ALICE, STRANGER], name: "Hiking", text: "Who comes?" }]
        }
      ],
      ["with nobody who is not let in", token("group"), "create_chat", both, "person_not_granted"],
      ["not by the scope send alone", token("send"), "create_chat", both, "tool_not_found"],
      [
        "not by an agent at work",
        agentIn(CHATS.groupOfAlice, "group"),
        "create_chat",
        both,
        "tool_not_found"
      ],
      [
        "not with one person twice",
        ADMIN,
        "create_chat",
        { addresses: [ALICE, ` ${ALICE} `] },
        "tool_input_invalid"
      ],
      ["not with a chat", ADMIN, "create_chat", { addresses: [ALICE, "chat_id:1"] }, "tool_input_invalid"]
    ],
    "chats.create"
  )
  table([["not where the Mac makes none", ADMIN, "create_chat", both, "chat_not_creatable"]])

  it.effect("is refused with what to do instead, where the Mac makes none", () =>
    inWorld(
      Effect.map(Effect.flip(called(ADMIN, "create_chat", { addresses: [ALICE, BOB] })), (refused) =>
        expect("hint" in refused ? refused.hint : "").toContain("send_message")
      )
    )
  )
})

describe("what a tool does", () => {
  it.effect("is done once under one key, also once its message is gone", () =>
    inWorld(
      Effect.gen(function* () {
        const input = of("ofAlice", { guid: "guid-10", ...love, idempotency_key: "a" })
        const first = yield* called(ADMIN, "react", input)
        expect(yield* called(ADMIN, "react", { ...input, guid: "gone" })).toEqual(first)
        expect(yield* (yield* Outbox).waiting(10)).toHaveLength(1)
      })
    )
  )

  it.effect("costs an agent what its messages cost", () =>
    inWorld(
      Effect.gen(function* () {
        const like = (guid: string) => doneBy(agentIn(CHATS.ofAlice), "react", { guid, ...love })
        for (const guid of ["guid-10", "guid-11", OWN, "guid-10"]) {
          expect(yield* like(guid)).toMatchObject({ target: inAlice })
        }
        expect(yield* like("guid-10")).toBe("budget_used_up")
      })
    )
  )

  it.effect("costs nothing where its file is refused, and leaves none where it costs too much", () =>
    inWorld(
      Effect.gen(function* () {
        const released = yield* Ref.make(0)
        const agent = agentIn(CHATS.groupOfAlice, "group")
        const icon = (isRefused: boolean) =>
          Effect.provideService(doneBy(agent, "set_group_icon", { path: "/a.png" }), OutboundFiles, {
            stage: ({ source }) =>
              isRefused ? new MediaRejected({ source, reason: "outside-roots" }) : Effect.succeed(source),
            receive: () => Effect.dieMessage("nothing comes in here"),
            here: () => Effect.dieMessage("nothing is sent here"),
            release: () => Ref.update(released, (count) => count + 1),
            releaseOthers: () => Effect.succeed(0)
          })
        for (let times = 0; times < 5; times++) expect(yield* icon(true)).toBe("media_rejected")
        for (let times = 0; times < 4; times++) {
          expect(yield* icon(false)).toEqual(inItsGroup({ _tag: "SetIcon", path: "/a.png" }))
        }
        yield* Ref.set(released, 0)
        expect(yield* icon(false)).toBe("budget_used_up")
        expect(yield* Ref.get(released)).toBe(1)
      })
    )
  )

  it.effect("is spent once for two calls at once under one key", () =>
    inWorld(
      Effect.gen(function* () {
        const begun = yield* Ref.make<ReadonlyArray<string>>([])
        const budget = yield* Budget
        const input = { guid: "guid-10", ...love, idempotency_key: "a" }
        const both = Effect.all(
          [called(agentIn(CHATS.ofAlice), "react", input), called(agentIn(CHATS.ofAlice), "react", input)],
          { concurrency: 2 }
        )
        const [one, other] = yield* Effect.provideService(both, Budget, {
          ...budget,
          begin: (turn, limits) =>
            Effect.zipRight(
              Ref.update(begun, (ids) => [...ids, turn.id]),
              budget.begin(turn, limits)
            )
        })
        expect(other).toEqual(one)
        expect(yield* Ref.get(begun)).toEqual([one.delivery_id])
      })
    )
  )

  it.effect("is in the audit log by what it is, without anybody's words", () =>
    inWorld(
      Effect.gen(function* () {
        yield* called(agentIn(CHATS.groupOfAlice, "group"), "rename_group", { name: "Secret" })
        const [entry] = yield* (yield* Audit).entries({ limit: 1 })
        expect(entry).toMatchObject({
          by: { _tag: "Agent", agentId: "main" },
          event: { _tag: "ActAsked", act: "Rename", target: `chat_id:${CHATS.groupOfAlice}` }
        })
        expect(JSON.stringify(entry)).not.toContain("Secret")
      })
    )
  )
})
