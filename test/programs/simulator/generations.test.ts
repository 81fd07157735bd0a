import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { OWN_HANDLE } from "../../../src/programs/simulator/ChatModel.ts"
import { eventually } from "../../support/simulator.ts"
import { ALICE, setUp } from "./world.ts"

describe("builds from 0.14", () => {
  it.scopedLive("say in initialize and status what they can do", () =>
    Effect.gen(function* () {
      const { client, dbPath } = yield* setUp()
      for (const method of ["initialize", "status"]) {
        expect((yield* client.request(method)).result).toMatchObject({
          version: "0.15.0",
          protocol_version: 1,
          database: { path: dbPath, ready: true },
          bridge: { ready: false },
          methods: expect.arrayContaining(["send", "messages.after"])
        })
      }
    })
  )

  it.scopedLive("refuse parameters that are not exactly as documented", () =>
    Effect.gen(function* () {
      const { chat, client } = yield* setUp()
      const refused: ReadonlyArray<readonly [string, unknown, number]> = [
        ["chats.list", { limit: "5" }, -32602],
        ["chats.list", { count: 5 }, -32602],
        ["chats.list", [5], -32602],
        ["messages.history", { chat_id: `${chat.id}` }, -32602],
        ["messages.after", { since_rowid: 0, limit: 501 }, -32602],
        ["watch.subscribe", { debounceMs: 5 }, -32602],
        ["send", { to: 15555550123, text: "hi" }, -32602],
        ["send", { to: ALICE, chat_id: chat.id, text: "hi" }, -32602],
        ["send", { chat_id: 99, text: "hi" }, -32602],
        ["send", { to: ALICE }, -32602],
        ["nonsense", {}, -32601],
        ["typing", { to: ALICE }, -32603]
      ]
      for (const [method, params, code] of refused) {
        expect([method, params, (yield* client.request(method, params)).error?.code]).toEqual([
          method,
          params,
          code
        ])
      }
    })
  )

  it.scopedLive("page through messages.after without a gap", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp()
      yield* chats.insertMany(
        Array.from({ length: 5 }, (_, n) => ({ chatId: chat.id, sender: ALICE, text: `${n}` }))
      )
      const first = yield* client.request("messages.after", { since_rowid: 0, limit: 3 })
      expect(first.result).toMatchObject({ next_rowid: 3, has_more: true })
      const second = yield* client.request("messages.after", { since_rowid: 3, limit: 3 })
      expect(second.result).toMatchObject({
        next_rowid: 5,
        has_more: false,
        messages: [{ id: 4 }, { id: 5 }]
      })
    })
  )

  it.scopedLive("answer reads while a send is slow, and send in order", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp()
      yield* chats.fault({ _tag: "slowSend", ms: 300 })
      const slow = yield* client.post("send", { chat_id: chat.id, text: "one" })
      const quick = yield* client.post("send", { chat_id: chat.id, text: "two" })
      const read = yield* client.post("status")
      yield* Effect.forEach([slow, quick, read], client.answer)
      expect((yield* client.frames).map(({ id }) => id)).toEqual([read, slow, quick])
      expect((yield* chats.sent()).map(({ text }) => text)).toEqual(["one", "two"])
    })
  )

  it.scopedLive("refuse the 129th outstanding request as busy", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp()
      yield* chats.fault({ _tag: "slowSend", ms: 500 })
      const ids = yield* Effect.forEach(Array.from({ length: 129 }), (_, n) =>
        client.post("send", { chat_id: chat.id, text: `${n}` })
      )
      const answers = yield* Effect.forEach(ids, client.answer)
      expect(answers.map(({ error }) => error?.code ?? 0)).toEqual([
        ...Array.from({ length: 128 }, () => 0),
        -32000
      ])
    })
  )

  it.scopedLive("refuse the 65th subscription as busy", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp()
      for (let n = 1; n <= 64; n++) {
        const { result } = yield* client.request("watch.subscribe", {})
        expect(result).toEqual({ subscription: n, buffer_limit: 256 })
      }
      expect((yield* client.request("watch.subscribe", {})).error?.code).toBe(-32000)
      yield* client.request("watch.unsubscribe", { subscription: 1 })
      expect((yield* client.request("watch.subscribe", {})).error).toBeUndefined()
    })
  )

  it.scopedLive("report what became of a message, and by which service one came", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp()
      const statusOf = (guid: string) =>
        Effect.map(client.request("message.send_status", { guid }), ({ result }) => result)
      const { guid } = yield* chats.send({ chatId: chat.id, text: "hi" })
      expect(yield* statusOf(guid)).toMatchObject({ send_state: "delivered", service: "iMessage" })
      const unified = yield* chats.addDirectChat({ handle: ALICE, unified: true })
      for (const service of ["SMS", "iMessage"] as const) {
        const row = yield* chats.receive({ chatId: unified.id, sender: ALICE, text: "hi", service })
        expect(yield* statusOf(row.guid)).toMatchObject({ send_state: "pending", service })
        expect(yield* chats.chat({ chatId: unified.id })).toMatchObject({ value: { service } })
      }
      expect(yield* statusOf("none")).toMatchObject({ send_state: "pending", service: null })
    })
  )

  it.scopedLive("type and read with the bridge", () =>
    Effect.gen(function* () {
      const { chat, client } = yield* setUp([], { bridge: true })
      expect((yield* client.request("typing", { chat_id: chat.id, typing: true })).result).toEqual({
        ok: true
      })
      expect((yield* client.request("read", { chat_id: chat.id })).result).toEqual({ ok: true })
    })
  )
})

describe("builds before 0.14", () => {
  it.scopedLive("take parameters as they come", () =>
    Effect.gen(function* () {
      const { chat, client } = yield* setUp([], { build: "0.9.0" })
      const accepted: ReadonlyArray<readonly [string, unknown]> = [
        ["chats.list", { limit: "5", unknown: true }],
        ["messages.history", { chat_id: `${chat.id}` }],
        ["send", { to: ALICE, text: 5 }]
      ]
      for (const [method, params] of accepted) {
        expect([method, (yield* client.request(method, params)).error]).toEqual([method, undefined])
      }
    })
  )

  it.scopedLive("do not know the methods that came later", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp([], { build: "0.4.0" })
      for (const method of [
        "initialize",
        "status",
        "messages.after",
        "message.send_status",
        "typing",
        "read"
      ]) {
        expect((yield* client.request(method)).error).toEqual({
          code: -32601,
          message: "Method not found",
          data: method
        })
      }
    })
  )

  for (const [build, destination] of [
    ["0.4.0", undefined],
    ["0.5.0", OWN_HANDLE]
  ] as const) {
    it.scopedLive(
      `announce messages with ${destination ?? "no handle"} as where they went by (${build})`,
      () =>
        Effect.gen(function* () {
          const { chat, client } = yield* setUp([], { build })
          yield* client.request("watch.subscribe", {})
          yield* client.request("send", { chat_id: chat.id, text: "hi" })
          const [announced] = yield* eventually("the message", client.messages, (all) => all.length > 0)
          expect(announced?.message).toMatchObject({ text: "hi" })
          expect(announced?.message.destination_caller_id).toBe(destination)
          // Of the chat only its number was said before.
          expect(announced?.message.is_group).toBe(destination === undefined ? undefined : false)
        })
    )
  }

  it.scopedLive("answer nothing else while a send is slow", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp([], { build: "0.13.0" })
      yield* chats.fault({ _tag: "slowSend", ms: 200 })
      const slow = yield* client.post("send", { chat_id: chat.id, text: "one" })
      const read = yield* client.post("chats.list")
      yield* Effect.forEach([slow, read], client.answer)
      expect((yield* client.frames).map(({ id }) => id)).toEqual([slow, read])
    })
  )
})
