import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { OWN_HANDLE } from "../../../src/programs/simulator/ChatModel.ts"
import { eventually, makeSimulator } from "../../support/simulator.ts"
import { openClient } from "./client.ts"
import { ALICE, setUp } from "./world.ts"

const BOB = "+15555550124"

describe("what both generations do", () => {
  for (const build of ["0.8.0", "0.9.0", "0.13.0", "0.15.0"]) {
    it.scopedLive(`${build} lists chats, sends, and finds what it sent in the history`, () =>
      Effect.gen(function* () {
        const { chat, chats, client } = yield* setUp([], { build })
        const sent = yield* client.request("send", { chat_id: chat.id, text: "hello ☕" })
        const [row] = yield* chats.sent()
        expect(sent.result).toMatchObject({ ok: true, id: row?.rowId, guid: row?.guid })
        const listed = yield* client.request("chats.list", { limit: 5 })
        expect(listed.result).toMatchObject({
          chats: [{ id: chat.id, participants: [ALICE], is_group: false }]
        })
        const history = yield* client.request("messages.history", { chat_id: chat.id })
        expect(history.result).toMatchObject({
          messages: [{ guid: row?.guid, text: "hello ☕", is_from_me: true }]
        })
      })
    )

    it.scopedLive(`${build} streams only what comes after the subscription, in order`, () =>
      Effect.gen(function* () {
        const { client, hear } = yield* setUp([], { build })
        yield* hear("before")
        yield* client.request("watch.subscribe", {})
        for (const text of ["one", "two", "three"]) yield* hear(text)
        const heard = yield* eventually("three messages", client.messages, (all) => all.length >= 3)
        expect(heard.map(({ message }) => message.text)).toEqual(["one", "two", "three"])
        const hasCursor = heard.map(({ message }) => message.cursor === message.id)
        expect(hasCursor).toEqual(Array.from(heard, () => build === "0.13.0" || build === "0.15.0"))
      })
    )

    it.scopedLive(`${build} resumes after since_rowid, over more than one batch`, () =>
      Effect.gen(function* () {
        const { chat, chats, client } = yield* setUp([], { build })
        const rows = yield* chats.insertMany(
          Array.from({ length: 250 }, (_, n) => ({ chatId: chat.id, sender: ALICE, text: `${n}` }))
        )
        yield* client.request("watch.subscribe", { since_rowid: rows[19]?.rowId })
        const heard = yield* eventually("230 messages", client.messages, (all) => all.length >= 230)
        expect(heard.map(({ message }) => message.id)).toEqual(rows.slice(20).map(({ rowId }) => rowId))
      })
    )

    it.scopedLive(`${build} ends with exit 0 after the end of stdin, with every request answered`, () =>
      Effect.gen(function* () {
        const { chat, chats, client } = yield* setUp([], { build })
        yield* client.post("chats.list")
        const id = yield* client.post("send", { chat_id: chat.id, text: "last" })
        yield* eventually("the request", chats.recorded(), (all) =>
          all.some(({ event }) => event._tag === "request" && event.method === "send")
        )
        yield* client.end
        expect(yield* client.exit).toEqual(Exit.succeed(0))
        expect((yield* client.answer(id)).result).toMatchObject({ ok: true })
      })
    )
  }

  it.scopedLive(
    "a notification of a waiting row comes before the answer to the subscription up to 0.13",
    () =>
      Effect.gen(function* () {
        const { client, hear } = yield* setUp([], { build: "0.9.0" })
        yield* hear("waiting")
        const { id } = yield* client.request("watch.subscribe", { since_rowid: -1 })
        const order = (yield* client.frames).map((frame) => frame.method ?? frame.id)
        expect(order).toEqual(["message", id])
      })
  )

  it.scopedLive("a group is one by its guid alone", () =>
    Effect.gen(function* () {
      const { chats, client } = yield* setUp()
      const group = yield* chats.addGroupChat({ handles: [ALICE, BOB], name: "Club" })
      const thread = yield* chats.addThread({ handles: [ALICE, BOB] })
      yield* client.request("watch.subscribe", {})
      yield* chats.receive({ chatId: group.id, sender: ALICE, text: "in the group" })
      yield* chats.receive({ chatId: thread.id, sender: ALICE, text: "in the thread" })
      const heard = yield* eventually("two messages", client.messages, (all) => all.length >= 2)
      expect(heard.map(({ message }) => message.is_group)).toEqual([true, false])
    })
  )

  it.scopedLive("attachments come only when asked for", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp()
      const file = {
        filename: "/nowhere/cat.png",
        transferName: "cat.png",
        uti: "public.png",
        mimeType: "image/png",
        totalBytes: 12,
        isSticker: false
      }
      yield* client.request("watch.subscribe", {})
      yield* client.request("watch.subscribe", { attachments: true })
      yield* chats.receive({ chatId: chat.id, sender: ALICE, text: "", attachments: [file] })
      const heard = yield* eventually("both notifications", client.messages, (all) => all.length >= 2)
      expect(
        Object.fromEntries(heard.map(({ message, subscription }) => [subscription, message.attachments]))
      ).toEqual({ 1: [], 2: [{ mime_type: "image/png", missing: true }] })
    })
  )

  it.scopedLive("a subscription ends when it is cancelled, and only that one", () =>
    Effect.gen(function* () {
      const { client, hear } = yield* setUp()
      yield* client.request("watch.subscribe", {})
      yield* client.request("watch.subscribe", {})
      yield* client.request("watch.unsubscribe", { subscription: 1 })
      yield* hear("still there")
      yield* eventually("the second subscription", client.messages, (all) => all.length >= 1)
      expect((yield* client.messages).map(({ subscription }) => subscription)).toEqual([2])
    })
  )

  it.scopedLive("two processes on one file hear the same messages, and each other's sends", () =>
    Effect.gen(function* () {
      const simulator = yield* makeSimulator()
      const chat = yield* simulator.chats.addDirectChat({ handle: ALICE })
      const clients = yield* Effect.all([openClient(simulator), openClient(simulator)])
      yield* Effect.forEach(clients, (client) => client.request("watch.subscribe", {}))
      yield* simulator.chats.receive({ chatId: chat.id, sender: ALICE, text: "to both" })
      yield* Effect.forEach(
        clients,
        (client, n) => client.request("send", { to: ALICE, text: `from ${n}` }),
        {
          concurrency: 2
        }
      )
      for (const client of clients) {
        const heard = yield* eventually("three messages", client.messages, (all) => all.length >= 3)
        expect(heard.map(({ message }) => message.text).sort()).toEqual(["from 0", "from 1", "to both"])
      }
      expect(yield* simulator.pids).toHaveLength(2)
    })
  )

  it.scopedLive("an outgoing row of a direct chat carries the other side's handle", () =>
    Effect.gen(function* () {
      const { chat, client } = yield* setUp()
      yield* client.request("watch.subscribe", {})
      yield* client.request("send", { chat_guid: chat.guid, text: "mine" })
      const [heard] = yield* eventually("the row", client.messages, (all) => all.length >= 1)
      expect(heard?.message).toMatchObject({ is_from_me: true, sender: ALICE })
    })
  )

  it.scopedLive("after a reset rowids start over", () =>
    Effect.gen(function* () {
      const { chats, hear } = yield* setUp()
      yield* hear("old")
      yield* chats.reset
      const anew = yield* chats.addDirectChat({ handle: OWN_HANDLE })
      expect([
        anew.id,
        (yield* chats.receive({ chatId: anew.id, sender: ALICE, text: "new" })).rowId
      ]).toEqual([1, 1])
    })
  )
})

describe("broken requests", () => {
  const cases: ReadonlyArray<readonly [string, number]> = [
    ["{", -32700],
    ["[]", -32600],
    ['{"jsonrpc":"1.0","method":"chats.list"}', -32600],
    ['{"jsonrpc":"2.0"}', -32600]
  ]
  for (const [line, code] of cases) {
    it.scopedLive(`${line} is answered with ${code}`, () =>
      Effect.gen(function* () {
        const { client } = yield* setUp()
        yield* client.line(line)
        const [frame] = yield* eventually("an answer", client.frames, (all) => all.length > 0)
        expect([frame?.id, frame?.error?.code]).toEqual([null, code])
      })
    )
  }
})
