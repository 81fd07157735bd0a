/** Law 5 for tools: what each scope is worth, tool by tool, chat by chat. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Schema, TestClock } from "effect"
import { toolsOf } from "../../../src/programs/tools/callTool.ts"
import { reachOf } from "../../../src/programs/tools/reach.ts"
import { callerKey, type Grant, NO_CHAT } from "../../../src/schemas/Grant.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import { Audit } from "../../../src/services/Audit.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { codeOf } from "../../support/pairing.ts"
import {
  BOB_LET_IN,
  CHATS,
  callAs,
  connect,
  STRANGER,
  toolConfig,
  toolServices
} from "../../support/toolWorld.ts"

const token = (number: number, ...scopes: Grant["scopes"]): Grant => ({
  scopes,
  by: { _tag: "Token", number }
})
const agentIn = (chatId: number): Grant => ({
  scopes: ["chat"],
  only: { accountId: "default", chatId },
  by: { _tag: "Agent", agentId: "main" }
})
/** An agent that works for no turn. */
const BETWEEN: Grant = { scopes: ["chat"], only: NO_CHAT }
const ADMIN: Grant = { scopes: ["admin"] }

/** Everything is judged, Bob was let in, and all of it was a moment ago. */
const begun = Effect.gen(function* () {
  yield* TestClock.setTime(BOB_LET_IN)
  yield* (yield* PairingStore).approve(yield* codeOf(BOB))
  yield* TestClock.adjust("15 minutes")
  yield* (yield* Accounts).update("default", () => ({ state: "running", cursor: 100 }))
})

const inWorld = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.zipRight(begun, effect).pipe(Effect.provide(toolServices()))

const decodeAnswer = Schema.decodeUnknown(
  Schema.Struct({
    chats: Schema.optional(Schema.Array(Schema.Struct({ chat_id: Schema.Int }))),
    messages: Schema.optional(Schema.Array(Schema.Struct({ text: Schema.String })))
  })
)

/** What is seen of an answer: ids of chats, or texts; else the code of the refusal. */
const seenBy = (grant: Grant, tool: string, input: object = {}) =>
  callAs(grant, tool, input).pipe(
    Effect.flatMap(decodeAnswer),
    Effect.map(
      ({ chats, messages }) => chats?.map(({ chat_id }) => chat_id) ?? messages?.map(({ text }) => text)
    ),
    Effect.catchAll((error) => Effect.succeed("code" in error ? error.code : error._tag))
  )

/** What becomes of a message. */
const sentBy = (grant: Grant, input: object) =>
  callAs(grant, "send_message", { text: "hello", wait_ms: 0, ...input }).pipe(
    Effect.flatMap(Schema.decodeUnknown(Schema.Struct({ state: Schema.String, delivery_id: Schema.String }))),
    Effect.map(({ state }) => state),
    Effect.catchAll((error) => Effect.succeed("code" in error ? error.code : error._tag))
  )

describe("the tools of a grant", () => {
  const reading = ["list_chats", "read_messages"]
  const writing = ["send_message", "send_poll", "react", "edit_message", "unsend_message", "vote"]
  const grouping = ["rename_group", "set_group_icon", "add_to_group", "remove_from_group", "leave_group"]
  const ofChats = [...reading, ...writing, "get_delivery", "wait_for_messages"]
  const all = [
    ...[...reading, "search_messages", ...writing, ...grouping, "create_chat"],
    ...["get_delivery", "wait_for_messages", "list_pairings"]
  ]
  const worth: ReadonlyArray<readonly [string, Grant, ReadonlyArray<string>]> = [
    ["nothing", token(1), []],
    ["chat", token(1, "chat"), ofChats],
    ["read", token(1, "read"), [...reading, "search_messages", "wait_for_messages"]],
    ["send", token(1, "send"), [...writing, "get_delivery"]],
    ["group", token(1, "group"), [...grouping, "create_chat", "get_delivery"]],
    ["admin", ADMIN, all],
    ["one chat", agentIn(1), ofChats],
    [
      "one chat, groups included",
      { ...agentIn(1), scopes: ["chat", "group"] },
      [...reading, ...writing, ...grouping, "get_delivery", "wait_for_messages"]
    ]
  ]
  for (const [scope, grant, names] of worth) {
    it.effect(`are those of its scopes, and no others are there: ${scope}`, () =>
      inWorld(
        Effect.gen(function* () {
          expect(toolsOf(grant).map(({ name }) => name)).toEqual(names)
          for (const tool of all.filter((name) => !names.includes(name))) {
            expect(yield* seenBy(grant, tool, { chat_id: 1, query: "x", text: "x" })).toBe("tool_not_found")
          }
        })
      )
    )
  }
})

describe("the chats of a grant", () => {
  const everything = [4, 3, 5, 2, 1]
  const rows: ReadonlyArray<{
    readonly who: string
    readonly grant: Grant
    readonly listed: ReadonlyArray<number>
    readonly read: Readonly<Record<keyof typeof CHATS, unknown>>
    readonly heard: ReadonlyArray<string>
  }> = [
    {
      who: "who may read sees every one, and all that is said",
      grant: token(1, "read"),
      listed: everything,
      read: {
        ofAlice: ["alice asks", "answered"],
        ofStranger: ["stranger asks"],
        groupOfAlice: ["alice to all", "stranger to all"],
        groupOfStrangers: ["strangers only"],
        ofBob: ["bob before", "bob after"]
      },
      heard: [
        ...["alice asks", "stranger asks", "alice to all", "stranger to all", "strangers only"],
        ...["bob before", "bob after"]
      ]
    },
    {
      who: "who may chat sees those that the config admits, and what people who are let in said there since",
      grant: token(1, "chat"),
      listed: [CHATS.ofBob, CHATS.groupOfAlice, CHATS.ofAlice],
      read: {
        ofAlice: ["alice asks", "answered"],
        ofStranger: "chat_not_granted",
        groupOfAlice: ["alice to all"],
        groupOfStrangers: "chat_not_granted",
        ofBob: ["bob after"]
      },
      heard: ["alice asks", "alice to all", "bob after"]
    },
    {
      who: "an agent sees the chat of its turn alone",
      grant: agentIn(CHATS.groupOfAlice),
      listed: [CHATS.groupOfAlice],
      read: {
        ofAlice: "chat_not_granted",
        ofStranger: "chat_not_granted",
        groupOfAlice: ["alice to all"],
        groupOfStrangers: "chat_not_granted",
        ofBob: "chat_not_granted"
      },
      heard: ["alice to all"]
    }
  ]
  for (const { grant, heard, listed, read, who } of rows) {
    it.effect(who, () =>
      inWorld(
        Effect.gen(function* () {
          expect([...((yield* seenBy(grant, "list_chats")) ?? [])].toSorted()).toEqual(listed.toSorted())
          for (const [name, chatId] of Object.entries(CHATS)) {
            expect({ name, seen: yield* seenBy(grant, "read_messages", { chat_id: chatId }) }).toEqual({
              name,
              seen: Object.entries(read).find(([other]) => other === name)?.[1]
            })
          }
          expect(yield* seenBy(grant, "wait_for_messages", { after: 0, wait_ms: 0 })).toEqual(heard)
        })
      )
    )
  }

  it.scoped(
    "are listed of every account that runs, where that is asked for, each by the config of its own",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(BOB_LET_IN)
        const listed = (grant: Grant) =>
          Effect.map(
            Effect.flatMap(
              callAs(grant, "list_chats", { account: "*" }),
              Schema.decodeUnknown(
                Schema.Struct({
                  chats: Schema.Array(Schema.Struct({ account: Schema.String, chat_id: Schema.Int }))
                })
              )
            ),
            ({ chats }) => chats.map(({ account, chat_id }) => `${account} ${chat_id}`).toSorted()
          )
        const of = (account: string, ...ids: ReadonlyArray<number>) => ids.map((id) => `${account} ${id}`)
        expect(yield* listed(token(1, "read"))).toEqual(of("default", 1, 2, 3, 4, 5))
        yield* connect("work")
        expect(yield* listed(token(1, "read"))).toEqual([
          ...of("default", 1, 2, 3, 4, 5),
          ...of("work", 1, 2, 3, 4, 5)
        ])
        expect(yield* listed(token(1, "chat"))).toEqual([...of("default", 1, 3), ...of("work", 2)])
        expect(yield* listed(agentIn(CHATS.ofAlice))).toEqual(of("default", 1))
        expect(yield* listed({ ...agentIn(1), only: NO_CHAT })).toEqual([])
      }).pipe(
        Effect.provide(
          toolServices({
            ...toolConfig,
            imessage: {
              dmPolicy: "allowlist",
              allowFrom: [ALICE],
              groupPolicy: "allowlist",
              groupAllowFrom: [ALICE],
              accounts: {
                default: {},
                work: { dbPath: "/work/chat.db", allowFrom: [STRANGER], groupPolicy: "disabled" },
                away: { dbPath: "/away/chat.db" }
              }
            }
          })
        )
      )
  )

  it.effect("that are not there look like those that are not open", () =>
    inWorld(
      Effect.gen(function* () {
        const read = { chat_id: 99 }
        expect(yield* seenBy(token(1, "chat"), "read_messages", read)).toBe("chat_not_granted")
        expect(yield* seenBy(token(1, "read"), "read_messages", read)).toBe("chat_not_found")
        expect(yield* seenBy(agentIn(1), "list_chats", { account: "other" })).toBe("chat_not_granted")
        expect(yield* seenBy(BETWEEN, "list_chats", {})).toBe("no_chat_granted")
      })
    )
  )

  it.effect("that an agent reads and writes in are in the audit log under its name", () =>
    inWorld(
      Effect.gen(function* () {
        yield* seenBy(agentIn(CHATS.ofAlice), "read_messages", { chat_id: CHATS.ofAlice })
        yield* sentBy(agentIn(CHATS.ofAlice), {})
        const entries = yield* (yield* Audit).entries({ limit: 2 })
        expect(entries).toMatchObject([
          {
            by: { _tag: "Agent", agentId: "main" },
            event: { _tag: "HistoryRead", accountId: "default", chatId: CHATS.ofAlice }
          },
          { by: { _tag: "Agent", agentId: "main" }, event: { _tag: "MessageSent", target: "chat_id:1" } }
        ])
      })
    )
  )
})

describe("whom a grant lets write to", () => {
  const rows: ReadonlyArray<readonly [string, Grant, object, string]> = [
    ["who may send: anybody", token(1, "send"), { to: STRANGER }, "waiting"],
    ["who may send: any chat", token(1, "send"), { chat_id: CHATS.ofStranger }, "waiting"],
    ["who may send: no chat that is not there", token(1, "send"), { chat_id: 99 }, "chat_not_found"],
    ["who may chat: somebody of the list", token(1, "chat"), { to: ALICE }, "waiting"],
    ["who may chat: somebody who was let in", token(1, "chat"), { to: BOB }, "waiting"],
    ["who may chat: nobody else", token(1, "chat"), { to: STRANGER }, "person_not_granted"],
    ["who may chat: a chat that is admitted", token(1, "chat"), { chat_id: CHATS.groupOfAlice }, "waiting"],
    ["who may chat: no other chat", token(1, "chat"), { chat_id: CHATS.ofStranger }, "chat_not_granted"],
    [
      "who may chat: no other chat by its guid",
      token(1, "chat"),
      { to: "chat_guid:iMessage;+;chat4" },
      "chat_not_granted"
    ],
    ["who may chat: one by its guid", token(1, "chat"), { to: "chat_guid:iMessage;+;chat3" }, "waiting"],
    ["an agent: its chat", agentIn(1), { chat_id: 1 }, "waiting"],
    ["an agent: its chat, though it names none", agentIn(1), {}, "waiting"],
    ["an agent: its chat, as targets are written", agentIn(1), { to: "chat_id:1" }, "waiting"],
    ["an agent: no other chat", agentIn(1), { chat_id: CHATS.ofBob }, "chat_not_granted"],
    ["an agent between its turns: nobody", BETWEEN, { chat_id: 1 }, "no_chat_granted"],
    ["an agent: nobody, be it who it talks to", agentIn(1), { to: ALICE }, "chat_not_granted"]
  ]
  for (const [who, grant, input, became] of rows) {
    it.effect(who, () => inWorld(Effect.map(sentBy(grant, input), (state) => expect(state).toBe(became))))
  }

  it.effect(
    "an agent: in no more messages than an answer of its may have, and within the budget of the chat",
    () =>
      inWorld(
        Effect.gen(function* () {
          const words = (count: number) => ({
            text: Array.from({ length: count }, () => "x".repeat(90)).join(" ")
          })
          expect(yield* sentBy(agentIn(1), words(4))).toBe("message_too_long")
          expect(yield* sentBy(agentIn(1), { ...words(3), idempotency_key: "long" })).toBe("waiting")
          // Asked again it costs nothing.
          expect(yield* sentBy(agentIn(1), { ...words(3), idempotency_key: "long" })).toBe("waiting")
          expect(yield* sentBy(agentIn(1), {})).toBe("waiting")
          expect(yield* sentBy(agentIn(1), {})).toBe("budget_used_up")
          expect(yield* sentBy(agentIn(CHATS.ofBob), {})).toBe("waiting")
        })
      )
  )
})

describe("a delivery", () => {
  const send = (grant: Grant) =>
    Effect.flatMap(
      callAs(grant, "send_message", { chat_id: 1, text: "hello", idempotency_key: "the same", wait_ms: 0 }),
      Schema.decodeUnknown(Schema.Struct({ delivery_id: Schema.String }))
    )
  const callers: ReadonlyArray<Grant> = [
    ADMIN,
    token(1, "send"),
    token(11, "send"),
    agentIn(1),
    { ...agentIn(1), by: { _tag: "Agent", agentId: "main:default" } }
  ]

  it.effect("is of who asked for it, whatever key others use, and is shown to no other but the owner", () =>
    inWorld(
      Effect.gen(function* () {
        const ids = yield* Effect.forEach(callers, send)
        expect(new Set(ids.map(({ delivery_id }) => delivery_id)).size).toBe(callers.length)
        for (const [index, { delivery_id }] of ids.entries()) {
          for (const [other, grant] of callers.entries()) {
            const looked = yield* Effect.either(callAs(grant, "get_delivery", { delivery_id }))
            expect({ index, other, isShown: Either.isRight(looked) }).toEqual({
              index,
              other,
              isShown: index === other || grant === ADMIN
            })
          }
        }
      })
    )
  )

  it("is named by words that no two callers share", () => {
    expect(new Set(callers.map(callerKey)).size).toBe(callers.length)
    for (const caller of callers) expect(callerKey(caller)).toMatch(/^[\w:%.-]+$/u)
  })
})

describe("how far a grant reaches", () => {
  it("is every chat by the scope for that, else those that are admitted, or the one", () => {
    expect(reachOf(token(1, "read"), "read")).toEqual({ _tag: "Every" })
    expect(reachOf(token(1, "read", "chat"), "send")).toEqual({ _tag: "Admitted" })
    expect(reachOf(ADMIN, "send")).toEqual({ _tag: "Every" })
    expect(reachOf(agentIn(7), "read")).toEqual({ _tag: "Only", only: { accountId: "default", chatId: 7 } })
  })
})
